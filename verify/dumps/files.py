"""Arrays from untrusted files: sizes are checked before anything is read, nothing is unpickled.

A dump is a folder of .npy, .npz or .bin files, or a single .npz.  Each array's name must be known
and its bytes must be no more than its shape needs; paths stay inside the folder.
"""

from __future__ import annotations

import io
import math
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import storage
from lenet_ref.errors import LeNetError, StorageError
from verify.errors import InputError

Raw = dict[str, NDArray[Any]]
Room = Callable[[str], int | None]
"""How many numbers an array of this name may have; None for a name that is to be ignored."""
HEADER = 2**16
"""Bytes an .npy header may take on top of its numbers."""
WIDEST = 16
MOST_FILES = 1000
MOST_BYTES = 2**30
DIRECTORY = 2**18
"""Bytes of an archive's directory: MOST_FILES entries with names of tensors."""
SUFFIXES = (".npy", ".npz", ".bin")


def read(path: Path, room: Room, dtype_of: Callable[[str], str]) -> Raw:
    """All arrays of a dump by the names they have there.

    Args:
        room: says how large an array may be, and raises for a name it does not know.
        dtype_of: dtype of raw .bin files.
    Raises:
        InputError or StorageError: one line with the file and what is wrong.
    """
    found: Raw = {}
    total = 0
    for file in [path] if path.is_file() else inside(path):
        for name, value in _arrays(file, room, dtype_of):
            if name in found:
                raise InputError("two arrays of one name", where=f"{file}: {name}")
            value = numbers_of(value, f"{file}: {name}")
            total += value.nbytes
            if total > MOST_BYTES:
                raise InputError("too much in all", where=str(path), expected=f"{MOST_BYTES} bytes")
            found[name] = value
    return found


def numbers_of(value: NDArray[Any], where: str) -> NDArray[Any]:
    """In this machine's byte order.

    Raises:
        InputError: texts, dates, records: nothing that a tensor could be.
    """
    if value.dtype.kind not in "biufc":
        raise InputError("no numbers", where=where, got=str(value.dtype)[:80],
                         expected="float64 or float32")  # fmt: skip
    return value.astype(value.dtype.newbyteorder("="), copy=False)


def inside(folder: Path) -> list[Path]:
    """Array files of a folder, in order of name; regular files inside it, and not too many."""
    if not folder.is_dir():
        raise InputError("no such file or folder", where=str(folder))
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    if len(files) > MOST_FILES:
        raise InputError("too many files", where=str(folder), got=len(files), expected=MOST_FILES)
    root = folder.resolve()
    for file in files:
        if not file.resolve().is_relative_to(root):
            raise InputError("a link out of the folder", where=str(file), fix="copy the file")
    return files


def _arrays(
    file: Path, room: Room, dtype_of: Callable[[str], str]
) -> Iterator[tuple[str, NDArray[Any]]]:
    if file.suffix == ".npz":
        yield from _members(file, room)
        return
    if file.suffix not in SUFFIXES:
        raise InputError("not an array file", where=str(file), expected=" ".join(SUFFIXES))
    name = file.name.removesuffix(file.suffix)
    numbers = room(name)
    if numbers is None:
        return
    data = contents(file, numbers * WIDEST + HEADER)
    if file.suffix == ".npy":
        yield name, storage.array(data, str(file))
        return
    dtype = np.dtype(dtype_of(name)).newbyteorder("<")
    wanted = numbers * dtype.itemsize
    if len(data) != wanted:
        raise InputError("wrong number of bytes", where=str(file), got=len(data),
                         expected=f"{wanted}: {numbers} of {dtype.name}")  # fmt: skip
    yield name, np.frombuffer(data, dtype=dtype).astype(dtype.newbyteorder("="))


def contents(file: Path, most: int) -> bytes:
    """A regular file of at most so many bytes."""
    try:
        if (held := regular(file)) > most:
            raise InputError("larger than its tensor can be", where=str(file),
                             got=f"{held} bytes", expected=f"at most {most}")  # fmt: skip
        with file.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None


def regular(file: Path) -> int:
    """Bytes of a file that is no pipe, device or folder: opening those may wait for ever."""
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        raise InputError("not a regular file", where=str(file))
    return found.st_size


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


def _members(file: Path, room: Room) -> Iterator[tuple[str, NDArray[Any]]]:
    try:
        regular(file)
        with Frugal(io.FileIO(file)) as stream, zipfile.ZipFile(stream) as archive:
            stream.trusted = True
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise InputError("too many arrays", where=str(file), got=len(entries))
            for info in entries:
                name = info.filename.removesuffix(".npy")
                numbers = room(name)
                if numbers is not None:
                    yield name, _member(archive, info, f"{file}: {name}", numbers)
    except LeNetError:
        raise
    except (zipfile.BadZipFile, *storage.UNREADABLE, ValueError, MemoryError) as error:
        raise StorageError(f"not a readable .npz archive: {error}", where=str(file)) from None


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, numbers: int
) -> NDArray[Any]:
    """One member, unpacked no further than its tensor can be."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError("packed in a way NumPy does not", where=where,
                         expected="numpy.savez or savez_compressed")  # fmt: skip
    most = numbers * WIDEST + HEADER
    with archive.open(info) as stream:
        data = stream.read(most + 1)
        if len(data) <= most:
            data += stream.read(1)  # reaching the end checks the checksum
    if len(data) > most:
        raise InputError("larger than its tensor can be", where=where, expected=f"{most} bytes")
    return storage.array(data, where)


def size(shape: tuple[int, ...]) -> int:
    """Numbers in an array."""
    return math.prod(shape)
