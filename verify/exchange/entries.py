"""Where a submission has its file: in its folder, in a folder of that, in a .zip, in one file.

An archive is somebody else's: names that lead out of it are refused, as are links and passwords,
and no more is unpacked than was agreed on.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath

from lenet_ref.door import exists, is_folder, opened, reason
from lenet_ref.errors import LeNetError
from verify.errors import InputError
from verify.exchange.archives import DAMAGED, directory
from verify.words import guessed, listed

__all__ = ["ENTRY", "MOST_ENTRIES", "UNPACKED", "entered"]
ENTRY = re.compile(r"(?P<file>[^:]+\.py):(?P<name>[^\W\d]\w*)")
"""file.py:callable."""
UNPACKED = 2**26
"""Bytes of an archive when unpacked, and of the archive."""
MOST_ENTRIES = 10_000
"""Files and folders of a submission that are looked at."""
_LEFT_OUT = re.compile(r"(__MACOSX|__pycache__|node_modules|\..*|.*\.dist-info|site-packages)")
"""Folders in which nobody hands anything in."""


@contextmanager
def entered(path: Path, entry: str) -> Iterator[tuple[str, str]]:
    """``file.py:callable`` of a submission, and the folder that an archive is unpacked to for as
    long as that lasts.

    Args:
        path: a folder, a .zip, or the file itself under any name.
        entry: ``file.py:callable`` as it is looked for.
    Raises:
        InputError: there is no such file, or more than one, or the archive cannot be taken.
    """
    file, _, name = entry.rpartition(":")
    if not exists(path):
        raise InputError("no such file or folder", where=str(path))
    with tempfile.TemporaryDirectory(prefix="lenet-entry-", ignore_cleanup_errors=True) as folder:
        if is_folder(path):
            found = _in_folder(path, file, Path(folder))
        elif path.suffix.lower() == ".zip":
            found = _in_archive(path, file, Path(folder))
        elif path.suffix == ".py":
            found = path
        else:
            raise InputError("no folder, no .zip and no .py file", where=str(path))
        yield f"{found}:{name}", folder


def _in_folder(path: Path, file: str, unpacked: Path) -> Path:
    """The file; else that of the one archive that is there."""
    names = _files(path)
    packed = [name for name in names if name.lower().endswith(".zip")]
    if not any(_is(name, file) for name in names) and len(packed) == 1:
        return _in_archive(path / packed[0], file, unpacked)
    return path / _only(names, file, str(path))


def _in_archive(path: Path, file: str, folder: Path) -> Path:
    _unpack(path, folder)
    return folder / _only(_files(folder), file, str(path))


def _files(folder: Path) -> list[str]:
    """Files below a folder, in order; links are not followed."""

    def walk() -> Iterator[str]:
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not _LEFT_OUT.fullmatch(name))
            below = Path(place).relative_to(folder)
            yield from (str(below / n) for n in sorted(files) if not n.startswith("._"))

    found = list(islice(walk(), MOST_ENTRIES + 1))
    if len(found) > MOST_ENTRIES:
        raise InputError("too many files", where=str(folder), expected=MOST_ENTRIES)
    return found


def _is(name: str, file: str) -> bool:
    """A path ends as the file is called, however its accents are written."""
    ends = PurePosixPath(unicodedata.normalize("NFC", file)).parts
    return PurePosixPath(unicodedata.normalize("NFC", name)).parts[-len(ends) :] == ends


def _only(names: list[str], file: str, where: str) -> str:
    """The one that lies highest.

    Raises:
        InputError: there is none, or two.
    """
    found = sorted((name for name in names if _is(name, file)), key=_depth)
    if not found:
        code = [name for name in names if name.endswith(".py")]
        there = guessed(file, code) if code else repr(file)
        raise InputError(f"holds no {there}", where=where, got=listed(code, 3) or "no Python file")
    if len(found) > 1 and _depth(found[0]) == _depth(found[1]):
        raise InputError(f"holds more than one {file}", where=where, got=listed(found, 3),
                         fix="leave the one that is to be judged")  # fmt: skip
    return found[0]


def _depth(name: str) -> int:
    return len(PurePosixPath(name).parts)


def _unpack(path: Path, folder: Path) -> None:
    """Write what is in an archive below a folder.

    Raises:
        InputError: it is damaged, or something that no submission needs to be.
    """
    where = str(path)
    try:
        with directory(lambda: opened(path, UNPACKED)) as archive:
            places = {info: _inside(info, where) for info in archive.infolist()}
            taken = {info: place for info, place in places.items() if _wanted(info, place)}
            if len({*taken.values()}) < len(taken):
                raise InputError("two files of one name", where=where)
            left = UNPACKED
            for info, place in taken.items():
                left -= _written(archive, info, folder / place, left, where)
    except LeNetError:
        raise
    except DAMAGED as error:
        said = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"not a readable .zip: {said}"[:300], where=where) from None


def _inside(info: zipfile.ZipInfo, where: str) -> PurePosixPath:
    """A member's place in the archive.

    Raises:
        InputError: it leads elsewhere, is a link or has a password.
    """
    name = info.filename.replace("\\", "/")
    place = PurePosixPath(name)
    drive = re.match(r"[A-Za-z]:", name)
    if place.is_absolute() or drive or ".." in place.parts or not place.parts or "\0" in name:
        raise InputError("leads out of the archive", where=f"{where}: {info.filename}")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError("a link", where=f"{where}: {info.filename}")
    if info.flag_bits & 1:
        raise InputError("has a password", where=f"{where}: {info.filename}")
    return place


def _wanted(info: zipfile.ZipInfo, place: PurePosixPath) -> bool:
    return not info.is_dir() and not any(map(_LEFT_OUT.fullmatch, place.parts))


def _written(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, most: int, where: str
) -> int:
    """Unpack one member; its bytes.

    Raises:
        InputError: it is larger than what is left.
    """
    with archive.open(info) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise InputError(f"more than {UNPACKED // 2**20} MiB when unpacked", where=where)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return len(data)
