"""Members of an .npz from somebody else: no pickles, no more unpacked than was agreed on."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lenet_ref import storage
from lenet_ref.door import opened
from lenet_ref.errors import LeNetError, StorageError
from verify.errors import InputError

__all__ = ["DAMAGED", "DIRECTORY", "HEADER", "MOST_BYTES", "MOST_FILES", "NUMPYS", "STORED",
           "WIDEST", "Frugal", "Room", "Shape", "counted", "directory", "members",
           "unpacked"]  # fmt: skip
Shape = tuple[int, ...]
Room = Callable[[str], Shape | None]
"""The shape that holds the most numbers an array of this name may have; None for a name that is
to be ignored."""
HEADER = 2**16
"""Bytes an .npy header may take on top of its numbers."""
WIDEST = 16
MOST_FILES = 1000
MOST_BYTES = 2**30
DIRECTORY = 2**18
"""Bytes of an archive's directory: MOST_FILES entries with names of tensors."""
STORED = (zipfile.ZIP_STORED,)
NUMPYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What numpy.savez and savez_compressed write."""


DAMAGED = (zipfile.BadZipFile, *storage.UNREADABLE, ValueError, MemoryError)
"""What reading an archive raises."""


class Frugal(io.BufferedReader):
    """A file of which no more than DIRECTORY bytes are read at once until it is trusted: the
    directory of an archive may claim to be as large as the file."""

    trusted = False

    def read(self, size: int | None = -1, /) -> bytes:
        """As any file."""
        if self.trusted:
            return super().read(size)
        data = super().read(DIRECTORY + 1 if size is None or size < 0 else min(size, DIRECTORY + 1))
        if len(data) > DIRECTORY:
            raise zipfile.BadZipFile("its directory is too large")
        return data


def members(
    file: Path,
    room: Room,
    within: Path | None = None,
    packed: tuple[int, ...] = NUMPYS,
    most: int = MOST_BYTES,
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Arrays of an archive by name, one after the other: the caller counts what they come to.

    Args:
        room: how large an array of a name may be.
        within: a folder that links must not lead out of.
        packed: the ways of packing that are taken.
        most: bytes of the file.
    Raises:
        InputError, StorageError: one line.
    """
    yield from unpacked(lambda: opened(file, most, within), str(file), room, packed)


def unpacked(
    open_it: Callable[[], io.FileIO | io.BytesIO],
    where: str,
    room: Room,
    packed: tuple[int, ...] = NUMPYS,
) -> Iterator[tuple[str, NDArray[Any]]]:
    """The same of anything that can be opened; where: for messages."""
    try:
        with directory(open_it) as archive:
            for info in counted(archive, where):
                name = info.filename.removesuffix(".npy")
                shape = room(name)
                if shape is not None:
                    yield name, _member(archive, info, f"{where}: {name}", shape, packed)
    except LeNetError:
        raise
    except DAMAGED as error:
        raise StorageError(f"not a readable .npz archive: {error}", where=where) from None


@contextmanager
def directory(open_it: Callable[[], io.FileIO | io.BytesIO]) -> Iterator[zipfile.ZipFile]:
    """An archive whose directory is no larger than that of MOST_FILES tensors."""
    with Frugal(open_it()) as stream, zipfile.ZipFile(stream) as archive:
        stream.trusted = True
        yield archive


def counted(archive: zipfile.ZipFile, where: str) -> list[zipfile.ZipInfo]:
    """What is in an archive.

    Raises:
        InputError: too much.
    """
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise InputError("too many arrays", where=where, got=len(entries))
    return entries


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    where: str,
    shape: Shape,
    packed: tuple[int, ...],
) -> NDArray[Any]:
    """One member, unpacked no further than its tensor can be."""
    if info.compress_type not in packed:
        raise InputError("packed in a way NumPy does not", where=where,
                         expected="numpy.savez or savez_compressed")  # fmt: skip
    most = math.prod(shape) * WIDEST + HEADER
    with archive.open(info) as stream:
        data = stream.read(most + 1)
        if len(data) <= most:
            data += stream.read(1)  # reaching the end checks the checksum
    if len(data) > most:
        raise InputError("larger than its tensor can be", where=where, expected=shape)
    return storage.array(data, where)
