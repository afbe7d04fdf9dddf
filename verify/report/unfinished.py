"""What is left of a run that ended early, and where.

Its home is the folder that holds its word of how far it had come: the staged one of a run that was
killed, or that of the report, beside the rows that were kept.  Files move between the two one by
one, and whoever moves them may be killed.  So the word goes into a staged folder first and out of
it last: rows that are not at home are in the folder of the report, and nothing is lost on the way.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lenet_ref.door import contents
from lenet_ref.errors import StorageError
from verify.report.formats import DIFF, PARQUET

__all__ = ["LARGEST", "PARTIAL", "SWEEP", "cleared", "final", "home", "over", "put_back",
           "taken_up", "told_in"]  # fmt: skip
PARTIAL = ".partial"
SWEEP = "sweep.json"
"""How far a run has come; partial for ever, and no part of a report."""
LARGEST = 2**28


def told_in(place: Path) -> Path:
    """Its word."""
    return place / f"{SWEEP}{PARTIAL}"


def final(path: Path) -> bool:
    """A file that is part of a report."""
    return path.is_file() and not path.name.endswith(PARTIAL)


def home(folder: Path, staged: str) -> Path | None:
    """Of the last run that did not end; None where all did.  staged: how staged folders begin."""
    told = [*folder.glob(f"{staged}*/{SWEEP}{PARTIAL}"), *folder.glob(f"{SWEEP}{PARTIAL}")]
    return max(told, key=lambda path: path.stat().st_mtime).parent if told else None


def over(home: Path, folder: Path, stamp: str) -> bool:
    """It did end: its report stands in the folder, whole by its stamp, its rows with it."""
    rows = any((home / name).exists() for name in (DIFF, f"{DIFF}{PARTIAL}"))
    return home != folder and DIFF in _names(home) and not rows and (folder / stamp).exists()


def taken_up(home: Path, folder: Path, place: Path) -> None:
    """Word and rows are in a staged folder, the rows under the name of rows that more may follow.

    Args:
        home: of the word; folder: of the report; place: the staged one.
    """
    if home != place:
        told_in(home).rename(told_in(place))
    known = () if told_in(folder).exists() else (folder,)  # then its rows are another run's
    for name in _names(place):
        for path in (path for each in known for path in each.glob(f"{name}.*{PARTIAL}")):  # parts
            path.rename(place / path.name)
        kept = place / f"{name}{PARTIAL}"
        if name == DIFF and not kept.exists():
            there = [place / name, *(each / end for each in known for end in (kept.name, name))]
            for path in [path for path in there if path.is_file()][:1]:
                path.rename(kept)


def _names(place: Path) -> list[str]:
    """Files of rows that the word tells of; none where it is damaged."""
    try:
        told = json.loads(contents(told_in(place), LARGEST))["files"]
        return [name for name in (DIFF, PARQUET) if name in told]
    except (StorageError, ValueError, TypeError, LookupError, RecursionError):
        return []


def put_back(place: Path, folder: Path) -> None:
    """Rows and word beside the report again, the word last."""
    kept = [path for path in place.glob(f"*{PARTIAL}") if path.is_file()]
    for path in sorted(kept, key=lambda each: each == told_in(place)):
        path.replace(folder / path.name)


def cleared(place: Path) -> None:
    """Nothing there but what is partial: what was made of the rows is made again."""
    for path in place.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif final(path):
            path.unlink()
