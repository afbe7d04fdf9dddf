"""Processes of this machine, forked from the one that asks: they have what it has."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from secrets import token_hex
from typing import Any

from verify.errors import HarnessError
from verify.pipeline.executor.board import Board, Died, Given
from verify.pipeline.executor.interface import (
    WINDOW,
    Executor,
    Here,
    Lost,
    Result,
    Task,
    unanswered,
)
from verify.pipeline.executor.serving import Raised, serve, undisturbed
from verify.subjects.leftovers import Folder, ended
from verify.subjects.limits import ending

__all__ = ["PATIENCE", "ROOM", "Crew"]
ROOM = 2**13
"""Bytes of a task that any pipe holds until somebody reads them."""
PATIENCE = 10.0
"""Seconds that a worker has to end what it started."""


@dataclass(frozen=True)
class Crew(Executor):
    """jobs: processes; with one, or where none can be forked, this one does it all.  collected:
    they collect garbage as usual."""

    jobs: int
    collected: bool = False

    def results(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        lost: Lost | None = None,
    ) -> AbstractContextManager[Iterator[Result]]:
        """They begin at once, and go on while this process does something else."""
        if self.jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
            return Here().results(work, tasks)
        return self._shared(work, iter(tasks), lost or unanswered)

    @contextmanager
    def _shared(
        self, work: Callable[[Task], Result], tasks: Iterator[Task], lost: Lost
    ) -> Iterator[Iterator[Result]]:
        first = list(islice(tasks, WINDOW))
        if len(first) < 2:
            yield map(work, first)
            return
        gc.freeze()  # no collection of a worker visits what is here already
        board = Board(first)
        workers = _Workers(board, partial(serve, work=work, collected=self.collected))
        try:
            workers.begin(min(self.jobs, len(first)))
            yield _taken(board, workers, tasks, lost)
        finally:
            workers.end()


def _taken(board: Board, workers: _Workers, tasks: Iterator[Task], lost: Lost) -> Iterator[Any]:
    """Results in order; for each that is taken another task is begun."""
    number = 0
    while number < board.given:
        while (found := board.result(number)) is None:
            workers.begin()  # in place of those that died
        yield _told(found[0], lost)
        for task in islice(tasks, 1):
            workers.add(task)
        number += 1


def _told(found: Any, lost: Lost) -> Any:
    if isinstance(found, Raised):
        raise found.error
    if isinstance(found, Died):
        return lost(found.task, found.how)
    return found


def _received(sent: bytes) -> Any:
    """A result; or why it is none here, though it could be sent."""
    try:
        return ForkingPickler.loads(sent)
    except Exception as error:
        return Raised(
            HarnessError("a result cannot be read", got=f"{type(error).__name__}: {error}")
        )


def _status(process: BaseProcess) -> int | None:
    """Of a process that is ending.  It is asked, for by what one waits for it a child of its, too,
    can be alive."""
    until = time.monotonic() + PATIENCE
    while process.exitcode is None and time.monotonic() < until:
        time.sleep(0.005)
    return process.exitcode


@dataclass
class _Worker:
    """A process, its tasks in the order in which it has them, and the word by which its subjects
    are known."""

    process: BaseProcess
    mark: str
    tasks: list[Given] = field(default_factory=list)


class _Workers:
    """The processes, and the thread that hears them."""

    def __init__(self, board: Board, target: Callable[..., None]) -> None:
        self._board, self._target = board, target
        self._all: dict[Connection[Any, Any], _Worker] = {}
        self._folder = Folder()
        self._bell, self._ring = multiprocessing.Pipe(duplex=False)
        self._over = False
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def begin(self, count: int = 0) -> None:
        """So many, and those that died; forked by the thread that asked, which alone lives on in
        them."""
        with self._board.changed:
            count += self._board.vacant
            self._board.vacant = 0
        for _ in range(count):
            with undisturbed():  # what ends us waits until this one is known
                ours, worker = self._forked()
                with self._board.changed:
                    self._all[ours] = worker
                    self._give(ours)
        if not self._listener.is_alive():
            self._listener.start()
        self._ring.send(None)

    def _forked(self) -> tuple[Connection[Any, Any], _Worker]:
        ours, theirs = multiprocessing.Pipe()
        mark = token_hex(16)
        others = [ours, *self._all, self._bell, self._ring]
        process = multiprocessing.get_context("fork").Process(
            target=self._target, args=(theirs, others, mark, self._folder.path)
        )
        process.start()
        theirs.close()
        return ours, _Worker(process, mark)

    def add(self, task: Any) -> None:
        """One more; who has nothing to do begins it."""
        self._board.add(task)
        with self._board.changed:
            for ours in self._all:
                self._give(ours)

    def _give(self, ours: Connection[Any, Any]) -> None:
        """A task, and a second one so that it need not wait for us, unless we had to wait until it
        is taken; the last ones are left to whoever is free first."""
        tasks, waiting = self._all[ours].tasks, self._board.waiting
        while waiting and len(tasks) < (2 if len(waiting) > len(self._all) else 1):
            if tasks and len(waiting[0].sent) > ROOM:
                return
            tasks.append(waiting.popleft())
            with suppress(OSError):  # it has ended: that is heard where answers are
                ours.send_bytes(tasks[-1].sent)

    def _listen(self) -> None:
        while not self._over:
            with self._board.changed:
                connections = [*self._all]
            for ours in wait([*connections, self._bell]):
                if ours is self._bell:
                    self._bell.recv()
                elif isinstance(ours, Connection):
                    self._hear(ours)

    def _hear(self, ours: Connection[Any, Any]) -> None:
        try:
            sent = ours.recv_bytes()
        except (EOFError, OSError):
            self._lose(ours)
            return
        result = _received(sent)
        with self._board.changed:
            answered = self._all[ours].tasks.pop(0)
            self._give(ours)
        self._board.done(answered.number, result)

    def _lose(self, ours: Connection[Any, Any]) -> None:
        """One is gone; what it had started is ended, and what it was at is done again."""
        with self._board.changed:
            gone = self._all.pop(ours)
        ours.close()
        status = _status(gone.process)
        ended(gone.mark)
        if not self._over:
            self._board.again(gone.tasks, "gave no answer" if status is None else ending(status))

    def end(self) -> None:
        """Interrupt who still works: each ends what it started; who does not is ended."""
        self._over = True
        self._ring.send(None)
        if self._listener.is_alive():
            self._listener.join()
        begun = [*self._all.values()]
        for each in begun:
            if each.process.is_alive() and each.process.pid is not None:
                os.kill(each.process.pid, signal.SIGINT)
        for each in begun:
            if _status(each.process) is None:
                each.process.kill()
                each.process.join()
                ended(each.mark)
        for ours in [*self._all, self._bell, self._ring]:
            ours.close()
        self._folder.remove()
