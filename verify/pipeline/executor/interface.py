"""What an executor is, and the simplest one: this process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from verify.errors import HarnessError

__all__ = ["TRIES", "WINDOW", "Executor", "Here", "Lost", "Result", "Task", "unanswered"]
Task = TypeVar("Task")
Result = TypeVar("Result")
Lost = Callable[[Any, str], Any]
"""What a task comes to at which workers keep dying, and how the last one did."""
TRIES = 2
"""A worker that dies loses nothing: what it was at is done again; so many that die at the same
task are the task's fault."""
WINDOW = 128
"""Tasks that are begun before the first result is taken: memory does not grow with their number."""


class Executor(ABC):
    """Does independent jobs."""

    @abstractmethod
    def results(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        lost: Lost | None = None,
    ) -> AbstractContextManager[Iterator[Result]]:
        """Results in the order of the tasks, each begun before it is asked for.

        Args:
            work: what is done with each.  Workers of other machines import it by its name, and
                its arguments with it: no closure.
            tasks: in any number, taken as they are needed, and pickled on their way.
            lost: otherwise a task at which workers keep dying is an error.
        Raises:
            Exception: of a task, when it is its turn.
            HarnessError: workers died at a task.
        """


class Here(Executor):
    """This process, one after the other."""

    def results(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        lost: Lost | None = None,
    ) -> AbstractContextManager[Iterator[Result]]:
        """As they are asked for."""
        return nullcontext(map(work, tasks))


def unanswered(task: object, how: str) -> Any:
    """Where nothing is known to say of a task that was lost."""
    raise HarnessError(f"{TRIES} workers ended at the same task; the last {how}",
                       where=str(task)[:200],
                       fix="look for what ends them: memory, most often")  # fmt: skip
