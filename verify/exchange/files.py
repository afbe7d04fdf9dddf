"""Arrays from untrusted files: sizes are checked before anything is read, nothing is unpickled.

A dump is a folder of .npy, .npz or .bin files, or a single .npz.  Each array's name must be known
and its bytes must be no more than its shape needs; paths stay inside the folder.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import storage
from lenet_ref.door import contents, exists, is_folder, reason, resolved
from verify.errors import InputError
from verify.exchange.archives import HEADER, MOST_BYTES, MOST_FILES, WIDEST, Room, members

__all__ = [
    "BESIDE",
    "SUFFIXES",
    "Collected",
    "DtypeOf",
    "Raw",
    "ignored",
    "inside",
    "numbers_of",
    "read",
]  # fmt: skip
Raw = dict[str, NDArray[Any]]
DtypeOf = Callable[[str], str]
SUFFIXES = (".npy", ".npz", ".bin")
BESIDE = ("manifest.json", "lenet.h")
"""What golden writes beside arrays."""


class Collected:
    """Arrays by their own names; no name comes twice, and not too much in all."""

    def __init__(self, where: Path) -> None:
        self.where, self.total = where, 0
        self.found: Raw = {}

    def add(self, file: Path, room: Room, dtype_of: DtypeOf) -> None:
        """All arrays of one file; room, dtype_of: as in :func:`read`.

        Raises:
            InputError or StorageError: one line with the file and what is wrong.
        """
        for name, value in _arrays(file, self.where, room, dtype_of):
            if name in self.found:
                raise InputError("two arrays of one name", where=f"{file}: {name}")
            numbers = numbers_of(value, f"{file}: {name}")
            self.total += numbers.nbytes
            if self.total > MOST_BYTES:
                raise InputError("too much in all", where=str(self.where),
                                 expected=f"{MOST_BYTES} bytes")  # fmt: skip
            self.found[name] = numbers


def read(path: Path, room: Room, dtype_of: DtypeOf) -> Raw:
    """All arrays of a dump by the names they have there.

    Args:
        room: says how large an array may be, and raises for a name it does not know.
        dtype_of: dtype of raw .bin files.
    Raises:
        InputError or StorageError: one line with the file and what is wrong.
    """
    folder = is_folder(path)
    found = Collected(path if folder else path.parent)
    if exists(path) and not folder and path.suffix not in SUFFIXES:
        raise InputError("not an array file", where=str(path), expected=" ".join(SUFFIXES))
    for file in [path] if path.suffix in SUFFIXES and not folder else inside(path):
        found.add(file, room, dtype_of)
    if folder:
        _no_twins(path, [*found.found, *(file.name for file in inside(path))])
    return found.found


def _no_twins(folder: Path, taken: Iterable[str]) -> None:
    """Which of two files of one name is meant, nobody can know.

    Raises:
        InputError: something that was ignored has the name of an array that was not.
    """
    names = {name.lower(): name for name in taken}
    names = {key.removesuffix(Path(key).suffix) if key.endswith(SUFFIXES) else key: name
             for key, name in names.items()}  # fmt: skip
    for other in ignored(folder):
        whole = other.rstrip("/").lower()
        if twin := names.get(whole) or names.get(whole.rpartition(".")[0]):
            raise InputError("two files of one name, and one of them is no array file",
                             where=str(folder), got=f"{other[:80]} and {twin[:80]}",
                             fix="leave the one that is to be judged")  # fmt: skip


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
    """Array files of a folder, in order of name.

    Raises:
        InputError or StorageError: no folder, too many files, a link out of it.
    """
    files = [folder / name for name in _entries(folder) if name.endswith(SUFFIXES)]
    for file in files:
        resolved(file, folder)
    return files


def ignored(folder: Path) -> list[str]:
    """Everything else in a folder, but for what golden writes beside arrays; a folder with a
    slash."""
    if not is_folder(folder):
        return []
    others = [name for name in _entries(folder) if not name.endswith(SUFFIXES)]
    return [f"{n}/" if is_folder(folder / n) else n for n in others if n not in BESIDE]


def _entries(folder: Path) -> list[str]:
    """Names in a folder, in order.

    Raises:
        InputError: no folder, or too many files.
    """
    if not is_folder(folder):
        raise InputError("no such file or folder", where=str(folder))
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_FILES + 1)]
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", where=str(folder)) from None
    if len(names) > MOST_FILES:
        raise InputError("too many files", where=str(folder), expected=MOST_FILES)
    return sorted(names)


def _arrays(
    file: Path, folder: Path, room: Room, dtype_of: DtypeOf
) -> Iterator[tuple[str, NDArray[Any]]]:
    if file.suffix == ".npz":
        yield from members(file, room, folder)
        return
    name = file.name.removesuffix(file.suffix)
    shape = room(name)
    if shape is None:
        return
    numbers = math.prod(shape)
    data = contents(file, numbers * WIDEST + HEADER, folder, f"{name} {shape}")
    if file.suffix == ".npy":
        yield name, storage.array(data, str(file))
        return
    dtype = np.dtype(dtype_of(name)).newbyteorder("<")
    wanted = numbers * dtype.itemsize
    if len(data) != wanted:
        raise InputError("wrong number of bytes", where=str(file), got=len(data),
                         expected=f"{wanted}: {dtype.name} {shape}")  # fmt: skip
    yield name, np.frombuffer(data, dtype=dtype).astype(dtype.newbyteorder("="))
