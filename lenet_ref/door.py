"""The one door for files that somebody else may have written, replaced or be writing still.

Nothing is opened that could make the reader wait (pipes, devices), nothing is read before its size
is known, and no more is read than was agreed on.
"""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from lenet_ref.errors import StorageError

__all__ = ["FLAGS", "contents", "exists", "is_folder", "opened", "reason", "resolved"]
_FLAGS = ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in _FLAGS)
"""A link in the last place is an error, a pipe without a writer an empty file."""


def opened(path: Path, most: int, within: Path | None = None, fits: str = "") -> io.FileIO:
    """A regular file of at most so many bytes, open for reading.

    Args:
        most: bytes the file may have.
        within: a folder that links must not lead out of; links are followed without one.
        fits: what so many bytes are enough for.
    Raises:
        StorageError: no such file, no regular file, too large, or a link out of the folder.
    """
    where = str(path)
    try:
        file = _file(resolved(path, within), where, most, fits)
    except FileNotFoundError:
        raise StorageError("no such file", where=where) from None
    except (OSError, ValueError) as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(f"cannot be read: {reason(error)}", where=where) from None
    return file


def contents(path: Path, most: int, within: Path | None = None, fits: str = "") -> bytes:
    """All of a regular file of at most so many bytes; see :func:`opened`."""
    try:
        with opened(path, most, within, fits) as file:
            data = _all(file, most + 1)
    except OSError as error:
        raise StorageError(f"cannot be read: {reason(error)}", where=str(path)) from None
    if len(data) > most:
        raise StorageError("grew while it was read", where=str(path), expected=f"{most} bytes")
    return data


def resolved(path: Path, within: Path | None) -> Path:
    """Where a path leads; a loop of links leads to itself, and is refused when it is opened.

    Raises:
        StorageError: it leads out of the folder.
    """
    real = Path(os.path.realpath(path))
    if within is not None and not real.is_relative_to(os.path.realpath(within)):
        raise StorageError("a link out of the folder", where=str(path), fix="copy the file")
    return real


def _file(real: Path, where: str, most: int, fits: str) -> io.FileIO:
    _regular(real.lstat(), where, most, fits)  # opening some devices does something
    handle = os.open(real, FLAGS)
    try:
        _regular(os.fstat(handle), where, most, fits)  # what was opened, not what was there before
        return io.FileIO(handle)
    except BaseException:
        os.close(handle)
        raise


def _regular(found: os.stat_result, where: str, most: int, fits: str) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise StorageError("a link that leads nowhere", where=where)
    if not stat.S_ISREG(found.st_mode):
        raise StorageError("not a regular file", where=where)
    if found.st_size > most:
        raise StorageError("larger than its tensor can be", where=where,
                           got=f"{found.st_size} bytes", 
                           expected=f"at most {most}{fits and f' for {fits}'}")  # fmt: skip


def _all(file: io.FileIO, most: int) -> bytes:
    parts, left = [], most
    while left and (part := file.read(min(left, 2**24))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def exists(path: Path) -> bool:
    """Something of that name is there, be it a link that leads nowhere; never raises."""
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def is_folder(path: Path) -> bool:
    """A folder, or a link to one; never raises."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def reason(error: BaseException) -> str:
    """What the system says, without the name of the file."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
