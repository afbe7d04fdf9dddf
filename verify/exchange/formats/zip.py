"""``.zip``: files of any other format, in no folder or all in one."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import NamedTuple

from lenet_ref.errors import LeNetError, StorageError
from verify.errors import InputError
from verify.exchange.archives import DAMAGED, MOST_BYTES, NUMPYS, counted, directory
from verify.exchange.places import ArrayFile, Found, Place, Rooms
from verify.exchange.readers import SUFFIXES, other, reader

__all__ = ["LARGEST_CONTAINER", "Listing", "arrays", "ignored", "listing"]
LARGEST_CONTAINER = 2**28
"""Bytes of a file of several arrays when it is unpacked: how much of them is asked for shows only
then."""
_RESOURCES = "__MACOSX"
"""What one system puts beside everything."""


class Listing(NamedTuple):
    """members: array files by name, in order; ignored: everything else."""

    members: dict[str, zipfile.ZipInfo]
    ignored: list[str]


def arrays(file: ArrayFile) -> Found:
    """The arrays of all members whose names are known.

    Raises:
        InputError: a path that leads out of the archive, a link, two entries of one name, too many
            or too large; whatever a member's own format raises.
        StorageError: damaged.
    """
    with _opened(file.place) as archive:
        for name, info in listing(archive, file.where).members.items():
            stem, _, suffix = name.rpartition(".")
            place = _place(archive, info, f"{file.where}: {name}")
            yield from reader(f".{suffix}")(ArrayFile(stem, place, file.room, file.dtype_of))


def _place(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Place:
    """A member as a file."""

    def contents(most: int, fits: str) -> bytes:
        return _contents(archive, info, where, most, fits)

    def opened(most: int) -> io.BytesIO:
        return io.BytesIO(contents(most, ""))

    return Place(where, contents, opened, LARGEST_CONTAINER)


def ignored(place: Place, room: Rooms | None = None) -> list[str]:
    """What is in an archive and is no array file; room: or a text that no tensor is called like."""
    with _opened(place) as archive:
        found = listing(archive, place.where)
    return [*found.ignored, *(name for name in found.members if other(name, room))]


@contextmanager
def _opened(place: Place) -> Iterator[zipfile.ZipFile]:
    try:
        with directory(lambda: place.opened(place.most)) as archive:
            yield archive
    except LeNetError:
        raise
    except DAMAGED as error:
        raise StorageError(f"not a readable .zip archive: {error}"[:300],
                           where=place.where) from None  # fmt: skip


def listing(archive: zipfile.ZipFile, where: str) -> Listing:
    """What is in an archive, held against everything that would be wrong with it.

    Raises:
        InputError: see :func:`arrays`.
    """
    files = [each for each in counted(archive, where) if not each.filename.endswith("/")]
    files = [each for each in files if each.filename.split("/")[0] != _RESOURCES]
    if sum(each.file_size for each in files) > MOST_BYTES:
        raise InputError("too much in all", where=where, expected=f"{MOST_BYTES} bytes")
    found = Listing({}, [])
    outer = _folder(each.filename for each in files)
    for info in files:
        _harmless(info, where)
        name = info.filename.removeprefix(outer)
        if name in found.members or name in found.ignored:
            raise InputError("two entries of one name", where=f"{where}: {name[:80]}")
        if "/" in name or not name.endswith(SUFFIXES) or name.endswith(".zip"):
            found.ignored.append(name)
        else:
            found.members[name] = info
    return found


def _folder(names: Iterable[str]) -> str:
    """The one folder that holds everything, with its slash, or nothing."""
    outer = {name.partition("/")[0] if "/" in name else "" for name in names}
    return f"{outer.pop()}/" if len(outer) == 1 and outer != {""} else ""


def _harmless(info: zipfile.ZipInfo, where: str) -> None:
    name, place = info.filename, f"{where}: {info.filename[:80]}"
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":":
        raise InputError("a path out of the archive", where=place)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError("a link", where=place, fix="pack the file that it leads to")
    if info.flag_bits & 1:
        raise InputError("encrypted", where=place)


def _contents(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, most: int, fits: str
) -> bytes:
    """A member of at most so many bytes; zipfile unpacks no more than it says it has."""
    if info.compress_type not in NUMPYS:
        raise InputError("packed in a way that is not read", where=where,
                         expected="stored, or deflate")  # fmt: skip
    if info.file_size > most:
        raise StorageError("larger than its tensor can be", where=where,
                           got=f"{info.file_size} bytes",
                           expected=f"at most {most}{fits and f' for {fits}'}")  # fmt: skip
    return archive.read(info)
