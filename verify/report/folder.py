"""The folder that a report goes to: one run at a time, and a word where it cannot be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lenet_ref.door import reason
from verify.errors import InputError, OutputError

__all__ = ["claimed", "written"]


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Whatever hinders writing is said in one line."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot be written: {reason(error)}", where=str(path),
                          fix="choose another place with --out or --table") from None  # fmt: skip


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """The folder exists, can be written to, and no other run writes there before this one ends.

    Raises:
        InputError: another run writes there.  OutputError: it cannot be written.
    """
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".try.")
        os.close(handle)
        Path(name).unlink()
        lock = os.open(folder, os.O_RDONLY)
    try:
        _lock(lock, folder)
        yield
    finally:
        os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    """The system gives a lock back when its holder ends, however it ends."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError("another run is writing there", where=str(folder),
                         fix="wait for its end, or choose another folder with --out"
                         ) from None  # fmt: skip
    except OSError:
        return  # a file system without locks
