"""The folder that a report goes to: one run at a time, whole or not at all, and a word where it
cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lenet_ref.door import contents, reason
from lenet_ref.errors import StorageError
from lenet_ref.storage import replaceable
from verify.errors import InputError, OutputError
from verify.report import unfinished
from verify.report.formats import DIFF
from verify.report.unfinished import PARTIAL, SWEEP

__all__ = [
    "LARGEST",
    "STAGED",
    "STAMP",
    "TABLES",
    "NotResumedError",
    "check_replaceable",
    "claimed",
    "written",
]  # fmt: skip

STAMP = "environment.json"
STAGED = ".report."
TABLES = (
    *("diff.csv", "layers.csv", "summary.csv", "checks.csv", "coverage.csv"),
    *("faults.csv", "levels.csv", "mutants.csv", "errata.csv", "benchmarks.csv"),
    *("evidence.csv", "evidence-plan.csv", "evidence-right.csv", "evidence.json"),
    *("failing.npz", "report.html", "diff.parquet", SWEEP),
)
"""Under which names reports are written: a new one takes the place of all of them."""
LARGEST = 2**22


class NotResumedError(InputError):
    """A run that ended early is not what is to be gone on with; it is left as it is."""


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Whatever hinders writing is said in one line."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot be written: {reason(error)}", where=str(path),
                          fix="choose another place with --out or --table") from None  # fmt: skip


@contextmanager
def claimed(folder: Path, resumed: bool = False) -> Iterator[Path]:
    """A place to write a report to, which takes the place of the earlier one in the folder when it
    is whole, and not before; no other run writes there meanwhile.

    Of a run that ends early nothing is kept but rows that are called partial.

    Args:
        resumed: it is to go on where an earlier one ended, or was killed, if one did.
    Raises:
        InputError: another run writes there.  OutputError: it cannot be written.
    """
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        place, killed = _staged(folder, resumed)
        try:
            yield place
        except NotResumedError:  # nothing was done, to a report that is there either
            if not killed:
                unfinished.put_back(place, folder)
                _gone(place)
            raise
        except BaseException as error:
            _keep_partial(place, folder)
            if isinstance(error, OutputError):
                where = error.where.replace(str(place), str(folder))
                raise OutputError(error.what, where=where, fix=error.fix) from None
            raise
        with written(folder):
            _replace(place, folder)  # who is stopped here goes on from the place
        _gone(place)


def _staged(folder: Path, resumed: bool) -> tuple[Path, bool]:
    """A new folder in it; those of runs that were killed go, unless one is gone on with: then it
    is that."""
    with written(folder):
        for name in (STAMP, *TABLES):
            check_replaceable(folder / name)
        home = unfinished.home(folder, STAGED) if resumed else None
        if home is not None and unfinished.over(home, folder, STAMP):
            home = None
        for old in folder.glob(f"{STAGED}*"):
            if old != home:
                shutil.rmtree(old, ignore_errors=True)
        killed = home not in (None, folder)
        place = home if home and killed else Path(tempfile.mkdtemp(dir=folder, prefix=STAGED))
        if home is not None:
            unfinished.taken_up(home, folder, place)
        place.chmod(0o755)
    return place, killed


def _gone(place: Path) -> None:
    """What is in it is elsewhere, or not wanted; first the word by which it would be gone on
    with."""
    with suppress(OSError):
        unfinished.told_in(place).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def check_replaceable(path: Path) -> None:
    """Nothing but a file is replaced.

    Raises:
        OutputError: something else has that name.
    """
    try:
        replaceable(path)
    except StorageError as error:
        raise OutputError(error.what, where=error.where, fix=error.fix) from None


def _keep_partial(place: Path, folder: Path) -> None:
    """Rows that are kept are no report, and stand beside none; where they cannot be moved they
    stay."""
    with suppress(OSError):
        if unfinished.told_in(place).exists() and (place / DIFF).exists():
            (place / DIFF).rename(place / f"{DIFF}{PARTIAL}")
        if any(place.glob(f"*{PARTIAL}")):
            unfinished.cleared(place)
            _removed(folder, set())
            unfinished.put_back(place, folder)
        _gone(place)


def _replace(place: Path, folder: Path) -> None:
    """Files of the earlier report go, the stamp first; those of this one come, the stamp last: a
    folder with a stamp is one whole report.  Done again from the middle it comes to the same."""
    new = [path.relative_to(place) for path in place.rglob("*") if unfinished.final(path)]
    _removed(folder, {str(name) for name in new})
    for name in sorted(new, key=lambda each: str(each) == STAMP):
        (folder / name).parent.mkdir(exist_ok=True)
        (place / name).replace(folder / name)


def _removed(folder: Path, coming: Collection[str]) -> None:
    """The earlier report, but for files in whose place others come."""
    for name in (STAMP, *{*_earlier(folder)} - {*coming}):
        path = folder / name
        if path.is_file() or path.is_symlink():
            path.unlink()
        if path.parent != folder:
            with suppress(OSError):
                path.parent.rmdir()


def _earlier(folder: Path) -> Iterator[str]:
    """What a report consists of, and what the stamp of the earlier one says that it wrote."""
    for name in TABLES:
        yield from (name, *(path.name for path in folder.glob(f"{name}*{PARTIAL}")))
    try:
        found = json.loads(contents(folder / STAMP, LARGEST))["files"]
        listed = [Path(name) for name in found if isinstance(name, str)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return
    for path in listed:
        if not path.is_absolute() and ".." not in path.parts and len(path.parts) <= 2:
            yield str(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The system gives a lock back when its holder ends, however it ends.  Windows has none of this
    kind, and cannot open a folder: there, nothing keeps two runs apart."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with written(folder):
        lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise InputError("another run is writing there", where=str(folder),
                         fix="wait for its end, or choose another folder with --out"
                         ) from None  # fmt: skip
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(lock)
