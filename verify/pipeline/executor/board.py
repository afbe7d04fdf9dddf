"""What is to be done and what is done, where two threads look at it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any, NamedTuple

from verify.pipeline.executor.interface import TRIES

__all__ = ["AWAKE", "Board", "Died", "Given"]
AWAKE = 0.5
"""Seconds after which whoever waits looks whether an interrupt was raised that no signal woke it
for."""


@dataclass(frozen=True)
class Died:
    """In place of a result: workers kept dying at a task."""

    task: Any
    how: str


class Given(NamedTuple):
    """A task, and as it is sent; made by whoever gives it, who hears what cannot be sent."""

    number: int
    task: Any
    sent: bytes


class Board:
    """What is to be done and what is done; two threads look at it.

    given: tasks so far; vacant: workers that died and were not replaced.
    """

    def __init__(self, tasks: Iterable[Any]) -> None:
        self.waiting = deque[Given]()
        self.given, self.vacant = 0, 0
        self.changed = threading.Condition()
        self.tries: dict[int, int] = {}
        self._done: dict[int, Any] = {}
        for task in tasks:
            self.add(task)

    def add(self, task: Any) -> None:
        """One more."""
        sent = bytes(ForkingPickler.dumps(task))
        with self.changed:
            self.waiting.append(Given(self.given, task, sent))
            self.given += 1

    def result(self, number: int) -> tuple[Any] | None:
        """The result of a task, when it is there; None where a worker is to be replaced first."""
        with self.changed:
            while number not in self._done and not self.vacant:
                self.changed.wait(AWAKE)
            return (self._done.pop(number),) if number in self._done else None

    def done(self, number: int, result: Any) -> None:
        """Tell whoever waits for it."""
        with self.changed:
            self._done[number] = result
            self.changed.notify()

    def again(self, tasks: list[Given], how: str) -> None:
        """A worker died: at the first of its tasks, before it came to the others."""
        with self.changed:
            for number, task, _ in tasks[:1]:
                self.tries[number] = self.tries.get(number, 0) + 1
                if self.tries[number] == TRIES:
                    self._done[number] = Died(task, how)
                    tasks = tasks[1:]
            self.waiting.extendleft(reversed(tasks))
            self.vacant += 1
            self.changed.notify()
