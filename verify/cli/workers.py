"""Work that is shared among processes: results in the order of the tasks, whatever the number of
workers; one that dies costs the task that it had."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, Generic, TypeVar

from verify.errors import HarnessError
from verify.subjects.limits import ending

__all__ = ["DONE", "ERROR", "PATIENCE", "Result", "Task", "shared"]
Task = TypeVar("Task")
Result = TypeVar("Result")
DONE, ERROR = "done", "error"
PATIENCE = 10.0
"""Seconds that a worker has to end what it started."""


def shared(
    tasks: Sequence[Task],
    work: Callable[[Task], Result],
    lost: Callable[[Task, str], Result],
    jobs: int,
) -> Generator[Result, None, None]:
    """Results in the order of the tasks.

    Args:
        lost: the result of a task whose worker ended, and how it did.
        jobs: worker processes; with one, or where processes cannot be forked, there are none.
    Raises:
        HarnessError: of a worker, in its words.
    """
    if min(jobs, len(tasks)) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, tasks)
        return
    crew = _Crew(tasks, work, lost)
    try:
        for _ in range(min(jobs, len(tasks))):
            crew.begin()
        for number in range(len(tasks)):
            while number not in crew.done:
                crew.listen()
            yield crew.done.pop(number)
    finally:
        crew.end()


class _Crew(Generic[Task, Result]):
    """The workers and what each is at."""

    def __init__(
        self,
        tasks: Sequence[Task],
        work: Callable[[Task], Result],
        lost: Callable[[Task, str], Result],
    ) -> None:
        self.tasks, self.work, self.lost = tasks, work, lost
        self.done: dict[int, Result] = {}
        self.waiting = iter(range(len(tasks)))
        self.workers: dict[Connection[Any, Any], tuple[BaseProcess, int]] = {}

    def begin(self) -> None:
        """Start a worker, if there is work for it."""
        number = next(self.waiting, None)
        if number is None:
            return
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=_serve, args=(theirs, [ours, *self.workers], self.tasks, self.work)
        )
        self.workers[ours] = process, number
        process.start()
        theirs.close()
        with suppress(OSError):  # it has ended: that is heard where answers are
            ours.send(number)

    def listen(self) -> None:
        """Take what the next worker says, and give it more to do."""
        ready = wait([*self.workers])
        for ours in [each for each in self.workers if each in ready]:
            try:
                kind, result = ours.recv()
            except (EOFError, OSError):
                self._lose(ours)
                continue
            if kind == ERROR:
                raise HarnessError(result)
            process, number = self.workers[ours]
            self.done[number] = result
            following = next(self.waiting, None)
            if following is None:
                self._dismiss(ours)
            else:
                self.workers[ours] = process, following
                with suppress(OSError):
                    ours.send(following)

    def _lose(self, ours: Connection[Any, Any]) -> None:
        """One is gone, and what it was at with it."""
        process, number = self._dismiss(ours)
        status = process.exitcode
        how = "gave no answer" if status is None else ending(status)
        self.done[number] = self.lost(self.tasks[number], how)
        self.begin()

    def _dismiss(self, ours: Connection[Any, Any]) -> tuple[BaseProcess, int]:
        process, number = self.workers.pop(ours)
        ours.close()
        process.join(PATIENCE)
        return process, number

    def end(self) -> None:
        """Interrupt who still works: each ends what it started; who does not is ended."""
        begun = [process for process, _ in self.workers.values() if process.pid is not None]
        for process in begun:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, signal.SIGINT)
        for process in begun:
            process.join(PATIENCE)
            if process.exitcode is None:
                process.kill()
                process.join()


def _serve(
    mine: Connection[Any, Any],
    others: list[Connection[Any, Any]],
    tasks: Sequence[Task],
    work: Callable[[Task], Any],
) -> None:
    """A worker: what it is told to do until nobody tells it any more."""
    signal.signal(signal.SIGINT, _once)
    for each in others:
        each.close()
    with suppress(KeyboardInterrupt, EOFError, BrokenPipeError):
        while True:
            try:
                mine.send((DONE, work(tasks[mine.recv()])))
            except HarnessError as error:
                mine.send((ERROR, str(error)))
    os._exit(0)  # what was forked with it is not its to end


def _once(number: int, frame: FrameType | None) -> None:
    """A second Ctrl-C does not end the cleaning up of the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
