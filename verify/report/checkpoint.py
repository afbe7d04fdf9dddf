"""sweep.json: how far a run has come, beside the rows that it wrote.

What tables are made from is sums, and is written as it stands.  What is told of failures is
findings, which are more than their rows: the jobs are noted that showed each failure first, and are
judged again by whoever goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lenet_ref.door import contents
from lenet_ref.errors import StorageError
from lenet_ref.storage import write_atomically
from verify.checks.coverage import PROBE
from verify.judge.conclude.tally import Tally
from verify.report.folder import NotResumedError
from verify.report.formats import DIFF, PARQUET
from verify.report.sums import Sums
from verify.report.unfinished import LARGEST, PARTIAL, cleared, told_in

__all__ = ["Checkpoint", "agreed", "read"]


@dataclass(frozen=True)
class Checkpoint:
    """asked: what the run was asked, as far as rows depend on it; done: jobs, in their order;
    files: marks of the files of rows; telling: numbers of the jobs that showed a failure first;
    tally, sums: the state of each."""

    asked: dict[str, str]
    done: int
    files: dict[str, int]
    telling: list[int]
    tally: dict[str, Any] = field(default_factory=dict)
    sums: dict[str, Any] = field(default_factory=dict)

    def write(self, place: Path) -> None:
        """In place of the last one."""
        write_atomically(told_in(place), json.dumps(asdict(self), default=float).encode())


def read(place: Path) -> Checkpoint | None:
    """Of a run that ended early; None where there was none.

    Raises:
        InputError: it is damaged, or the rows are not there.
    """
    path = told_in(place)
    if not path.exists():
        return None
    try:
        found = Checkpoint(**json.loads(contents(path, LARGEST)))
        _sound(found, place)
    except (StorageError, ArithmeticError, AttributeError, LookupError, ValueError, TypeError,
            RecursionError) as error:  # fmt: skip
        raise NotResumedError("cannot be gone on with", where=path.name,
                              got=f"{type(error).__name__}: {error}"[:120],
                              fix="leave --resume out: the run begins anew"
                              ) from None  # fmt: skip
    cleared(place)  # the run may have been at its tables
    return found


def _sound(found: Checkpoint, place: Path) -> None:
    """It says what one of ours says.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: it does not.
    """
    found.asked.items()
    Tally().restore(found.tally)
    Sums(PROBE).restore(found.sums)
    numbers = [found.done, *found.telling, *found.files.values()]
    if not all(type(n) is int and n >= 0 for n in numbers) or not found.files:
        raise ValueError("numbers that are none")
    if any(n >= found.done for n in found.telling) or {*found.files} - {DIFF, PARQUET}:
        raise ValueError("jobs or files that there are not")
    if not all(map(_there, [place] * len(found.files), found.files.items())):
        raise ValueError("the rows are not there")


def _there(place: Path, file: tuple[str, int]) -> bool:
    """As many bytes as were marked, or as many parts."""
    name, mark = file
    whole = place / f"{name}{PARTIAL}"
    if whole.exists():
        return whole.stat().st_size >= mark
    return len([*place.glob(f"{name}.*{PARTIAL}")]) >= mark


def agreed(found: Checkpoint, asked: Mapping[str, str], out: Path) -> None:
    """The run that is gone on with was asked the same.

    Raises:
        InputError: it was not.
    """
    other = [name for name in asked if found.asked.get(name) != asked[name]]
    if other:
        name = other[0]
        raise NotResumedError(
            f"the run that ended there had another {name}", where=f"--resume: {out}",
            got=asked[name][:120], expected=str(found.asked.get(name, "nothing"))[:120],
            fix="ask the same, or leave --resume out: it begins anew",
        )  # fmt: skip
