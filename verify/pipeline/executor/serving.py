"""What a worker process does."""

from __future__ import annotations

import copy
import gc
import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import FrameType
from typing import Any

from verify.errors import HarnessError
from verify.subjects.leftovers import MARK

__all__ = ["ENDING", "RARE", "Raised", "serve", "undisturbed"]
RARE = 200_000
"""Objects made between two collections: these cost a twentieth of the time."""
ENDING = {getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)}
"""What ends a command with all cleared up."""


@contextmanager
def undisturbed(signals: Collection[int] = ENDING) -> Iterator[None]:
    """None of these is heard in the middle of a fork, whose callbacks drop exceptions; a process
    that is started here hears them when it lets itself.  Where signals cannot wait nothing does."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class Raised:
    """In place of a result: an error, with the traceback of where it was raised."""

    error: Exception


def serve(
    mine: Connection[Any, Any],
    others: list[Connection[Any, Any]],
    mark: str,
    folder: Path,
    work: Callable[[Any], Any],
    collected: bool,
) -> None:
    """What it is told to do until nobody tells it any more.

    Args:
        others: ends of pipes that it was forked with, and that are not its.
        mark: the word by which the subjects that it starts are known.
        folder: for temporary files; whoever ends it without warning clears away behind it.
    """
    os.environ[MARK] = mark
    tempfile.tempdir = str(folder)
    if not collected:
        gc.set_threshold(RARE)
    for each in others:
        each.close()
    os.register_at_fork(after_in_child=mine.close)  # else a child of its outlives its death for us
    with suppress(KeyboardInterrupt, EOFError, OSError):
        _signals()
        while True:
            mine.send(_done(work, mine.recv()))
    os._exit(0)  # what was forked with it is not its to end


def _done(work: Callable[[Any], Any], task: Any) -> Any:
    try:
        return work(task)
    except Exception as error:
        return Raised(_sendable(error))


def _sendable(error: Exception) -> Exception:
    """As it is, where it arrives as it is."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        ForkingPickler.dumps(error)  # it can be sent
        copy.copy(error)  # and is made again from what was sent
    except Exception:
        return HarnessError(f"{type(error).__name__}: {error}")
    return error


def _signals() -> None:
    """A Ctrl-C ends it; what ends the process that forked it ends it at once."""
    signal.signal(signal.SIGINT, _once)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _once(number: int, frame: FrameType | None) -> None:
    """A second Ctrl-C does not end the cleaning up of the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
