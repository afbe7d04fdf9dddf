"""Work that is shared among processes: results in the order of the tasks, whatever the number of
workers; one that dies costs the task that it had."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from secrets import token_hex
from types import FrameType
from typing import Any, Generic, TypeVar

from verify.errors import HarnessError
from verify.pipeline.run import usual
from verify.subjects.leftovers import MARK, Folder, ended
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


@dataclass
class _Worker:
    """A process, the number of its task, and the word by which its subjects are known."""

    process: BaseProcess
    number: int
    mark: str


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
        self.workers: dict[Connection[Any, Any], _Worker] = {}
        self.folder = Folder()

    def begin(self) -> None:
        """Start a worker, if there is work for it."""
        number = next(self.waiting, None)
        if number is None:
            return
        ours, theirs = multiprocessing.Pipe()
        mark = token_hex(16)
        process = multiprocessing.get_context("fork").Process(
            target=_serve,
            args=(theirs, [ours, *self.workers], self.tasks, self.work, mark, self.folder.path),
        )
        self.workers[ours] = _Worker(process, number, mark)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:  # a Ctrl-C waits until the worker knows what to do with it
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
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
            self.done[self.workers[ours].number] = result
            following = next(self.waiting, None)
            if following is None:
                self._dismiss(ours)
            else:
                self.workers[ours].number = following
                with suppress(OSError):
                    ours.send(following)

    def _lose(self, ours: Connection[Any, Any]) -> None:
        """One is gone, and what it was at with it; what it had started is ended."""
        gone = self._dismiss(ours)
        status = gone.process.exitcode
        how = "gave no answer" if status is None else ending(status)
        ended(gone.mark)
        self.done[gone.number] = self.lost(self.tasks[gone.number], how)
        self.begin()

    def _dismiss(self, ours: Connection[Any, Any]) -> _Worker:
        gone = self.workers.pop(ours)
        ours.close()
        gone.process.join(PATIENCE)
        return gone

    def end(self) -> None:
        """Interrupt who still works: each ends what it started; who does not is ended."""
        begun = [each for each in self.workers.values() if each.process.pid is not None]
        for each in begun:
            if each.process.is_alive() and each.process.pid is not None:
                os.kill(each.process.pid, signal.SIGINT)
        for each in begun:
            each.process.join(PATIENCE)
            if each.process.exitcode is None:
                each.process.kill()
                each.process.join()
                ended(each.mark)
        self.folder.remove()


def _serve(
    mine: Connection[Any, Any],
    others: list[Connection[Any, Any]],
    tasks: Sequence[Task],
    work: Callable[[Task], Any],
    mark: str,
    folder: Path,
) -> None:
    """A worker: what it is told to do until nobody tells it any more."""
    os.environ[MARK] = mark
    tempfile.tempdir = str(folder)  # whoever ends it without warning clears away behind it
    signal.signal(signal.SIGINT, _once)
    usual()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
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
