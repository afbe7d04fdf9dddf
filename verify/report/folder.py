"""The folder that a report goes to: one run at a time, whole or not at all, and a word where it
cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lenet_ref.door import contents, reason
from lenet_ref.errors import StorageError
from lenet_ref.storage import replaceable
from verify.errors import InputError, OutputError

__all__ = [
    "LARGEST",
    "PARTIAL",
    "STAGED",
    "STAMP",
    "SWEEP",
    "TABLES",
    "NotResumedError",
    "check_replaceable",
    "claimed",
    "written",
]  # fmt: skip

STAMP = "environment.json"
PARTIAL = ".partial"
SWEEP = "sweep.json"
"""How far a run has come; partial for ever, and no part of a report."""
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
        gone = True
        try:
            yield place
            with written(folder):
                _replace(place, folder)
        except NotResumedError:  # nothing was done, to a report that is there either
            gone = not killed
            if gone:
                _carried(place, folder)
            raise
        except OutputError as error:
            _keep_partial(place, folder)
            where = error.where.replace(str(place), str(folder))
            raise OutputError(error.what, where=where, fix=error.fix) from None
        except BaseException:
            _keep_partial(place, folder)
            raise
        finally:
            if gone:
                shutil.rmtree(place, ignore_errors=True)


def _staged(folder: Path, resumed: bool) -> tuple[Path, bool]:
    """A new folder in it; those of runs that were killed go, unless one is gone on with: then it
    is that."""
    with written(folder):
        for name in (STAMP, *TABLES):
            check_replaceable(folder / name)
        stopped = _stopped(folder) if resumed else None
        for old in folder.glob(f"{STAGED}*"):
            if old != stopped:
                shutil.rmtree(old, ignore_errors=True)
        if stopped is not None and stopped != folder:
            return stopped, True
        place = Path(tempfile.mkdtemp(dir=folder, prefix=STAGED))
        if stopped is not None:
            _carried(folder, place)
    place.chmod(0o755)
    return place, False


def _stopped(folder: Path) -> Path | None:
    """Where the last run that did not end left how far it had come: where it was killed, or beside
    the rows that it kept."""
    told = [*folder.glob(f"{STAGED}*/{SWEEP}{PARTIAL}"), *folder.glob(f"{SWEEP}{PARTIAL}")]
    return max(told, key=lambda path: path.stat().st_mtime).parent if told else None


def _carried(folder: Path, place: Path) -> None:
    """What was kept, the word of how far it goes last: without it the rest is nothing."""
    kept = [path for path in folder.glob(f"*{PARTIAL}") if path.is_file()]
    for path in sorted(kept, key=lambda p: p.name.startswith(SWEEP)):
        path.rename(place / path.name)


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
    """Rows that are kept are no report, and stand beside none."""
    if any(place.glob(f"*{PARTIAL}")):
        for path in place.iterdir():
            if path.is_file() and not path.name.endswith(PARTIAL):
                path.unlink()
        with suppress(OSError):
            _replace(place, folder)


def _replace(place: Path, folder: Path) -> None:
    """Files of the earlier report go, the stamp first; those of this one come, the stamp last: a
    folder with a stamp is one whole report."""
    for name in (STAMP, *_earlier(folder)):
        path = folder / name
        if path.is_file() or path.is_symlink():
            path.unlink()
        if path.parent != folder:
            with suppress(OSError):
                path.parent.rmdir()
    for path in sorted(place.iterdir(), key=lambda p: p.name == STAMP):
        if path.is_dir():
            (folder / path.name).mkdir(exist_ok=True)
            _replace(path, folder / path.name)
        else:
            path.replace(folder / path.name)


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
