"""Arrays from untrusted files: sizes are checked before anything is read, nothing is unpickled.

A dump is a folder of files of the formats in ``formats``, or a single one of them.  Each array's
name must be known and its bytes must be no more than its shape needs; paths stay inside the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lenet_ref.door import exists, is_folder, reason, resolved
from lenet_ref.errors import LeNetError
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.archives import MOST_BYTES, MOST_FILES
from verify.exchange.formats import zip as archives
from verify.exchange.layout import Layout
from verify.exchange.places import ArrayFile, DtypeOf, Named, Rooms, on_disk
from verify.exchange.plain import ENOUGH, blurred
from verify.exchange.readers import SUFFIXES, other, reader
from verify.judge.trace import Converted
from verify.words import listed

__all__ = [
    "BESIDE",
    "Collected",
    "Raw",
    "ignored",
    "inside",
    "looked_through",
    "must_hold_some",
    "numbers_of",
    "read",
    "read_as",
]  # fmt: skip
BESIDE = ("manifest.json", "lenet.h")
"""What golden writes beside arrays."""


class Raw(Converted):
    """Arrays by their own names.  digits: of those that were printed; notes: what is to be said of
    how they were read, and of which."""

    def __init__(self) -> None:
        super().__init__({})
        self.digits: dict[str, int] = {}
        self.notes: dict[str, list[str]] = {}

    def take(self, found: Named, value: NDArray[Any]) -> None:
        """One more array."""
        self[found.name] = value
        if found.blur is not None:
            self.blur[found.name] = found.blur
            self.digits[found.name] = found.digits
        if found.plain or found.blur is not None:
            self.plain.add(found.name)
        if found.note:
            self.notes.setdefault(found.note, []).append(found.name)


class Collected:
    """Arrays by their own names; no name comes twice, and not too much in all."""

    def __init__(self, where: Path) -> None:
        self.where, self.total = where, 0
        self.found = Raw()

    def add(self, file: Path, room: Rooms, dtype_of: DtypeOf) -> None:
        """All arrays of one file; room, dtype_of: as in :func:`read`.

        Raises:
            InputError or StorageError: one line with the file and what is wrong.
        """
        name = file.name.removesuffix(file.suffix)
        handed = ArrayFile(name, on_disk(file, self.where), room, dtype_of)
        for found in reader(file.suffix)(handed):
            if found.name in self.found:
                raise InputError("two arrays of one name", where=f"{file}: {found.name[:80]}")
            numbers = numbers_of(found.value, f"{file}: {found.name[:80]}")
            self.total += numbers.nbytes
            if self.total > MOST_BYTES:
                raise InputError("too much in all", where=str(self.where),
                                 expected=f"{MOST_BYTES} bytes")  # fmt: skip
            self.found.take(found, numbers)


def read(path: Path, room: Rooms, dtype_of: DtypeOf) -> Raw:
    """All arrays of a dump by the names they have there.

    Args:
        room: says how large an array may be, and remembers names that it does not know.
        dtype_of: dtype of what has none in its file.
    Raises:
        InputError or StorageError: one line with the file and what is wrong.
    """
    folder = is_folder(path)
    found = Collected(path if folder else path.parent)
    if exists(path) and not folder and path.suffix not in SUFFIXES:
        fix = f"name its function: {path}:run" if path.suffix == ".py" else ""
        raise InputError("not an array file", where=str(path), expected=" ".join(SUFFIXES),
                         fix=fix)  # fmt: skip
    for file in [path] if path.suffix in SUFFIXES and not folder else inside(path):
        found.add(file, room, dtype_of)
    if folder:
        left = ignored(path, room)
        files = [file.name for file in inside(path) if file.name not in left]
        _no_twins(path, [*found.found, *files], left)
    return found.found


def must_hold_some(arrays: Raw, path: Path, room: Rooms) -> None:
    """There is an array at all.

    Raises:
        InputError: there is none; what else there is, was not read.
    """
    if not arrays:
        left = ignored(path, room)
        raise InputError("holds no array that could be judged", where=str(path),
                         got=f"ignored: {listed(left)}" if left else "nothing")  # fmt: skip


def looked_through(path: Path) -> Path:
    """The folder in a folder that holds nothing else, as packing and unpacking leave it, if there
    are array files in it; else the path as it is.  Links are not followed."""
    try:
        with os.scandir(path) as entries:
            first = list(islice(entries, 2))
        if len(first) != 1 or not first[0].is_dir(follow_symlinks=False):
            return path
        inner = path / first[0].name
        return inner if any(not other(name) for name in _entries(inner)) else path
    except (OSError, LeNetError):
        return path


def _no_twins(folder: Path, taken: Iterable[str], left: Iterable[str]) -> None:
    """Which of two files of one name is meant, nobody can know.

    Raises:
        InputError: something that was ignored has the name of an array that was not.
    """
    names = {name.lower(): name for name in taken}
    names = {key.removesuffix(Path(key).suffix) if key.endswith(SUFFIXES) else key: name
             for key, name in names.items()}  # fmt: skip
    for each in left:
        whole = each.rstrip("/").lower()
        if twin := names.get(whole) or names.get(whole.rpartition(".")[0]):
            raise InputError("two files of one name, and one of them is no array file",
                             where=str(folder), got=f"{each[:80]} and {twin[:80]}",
                             fix="leave the one that is to be judged")  # fmt: skip


def read_as(arrays: Raw, case: Case, layout: Layout) -> str:
    """What is to be said of how arrays were read, or an empty string."""
    said = [f"{listed(names, 3)}: {note}" for note, names in arrays.notes.items()]
    if names := blurred(arrays, case, layout):
        counts = sorted({arrays.digits[name] for name in names} - {0}) or [0]
        digits = f"{counts[0]} to {counts[-1]}" if counts[1:] else f"{counts[0]}"
        said.append(f"{len(names)} arrays of {digits} digits: judged as sharply as those allow;"
                    f" {ENOUGH[case.dtype]} prints all")  # fmt: skip
    return "; ".join(said)


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


def ignored(path: Path, room: Rooms | None = None) -> list[str]:
    """Everything else in a folder or a .zip, but for what golden writes beside arrays; a folder
    with a slash.

    room: with it, also texts that no tensor is called like.
    """
    if not is_folder(path):
        packed = path.suffix == ".zip"
        return archives.ignored(on_disk(path, path.parent), room) if packed else []
    found = [name for name in _entries(path) if name not in BESIDE and other(name, room)]
    return [f"{n}/" if is_folder(path / n) else n for n in found]


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
