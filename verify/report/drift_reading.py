"""A report's folder as tables for a comparison; who wrote it is not trusted."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lenet_ref.door import contents, exists
from verify.errors import InputError
from verify.judge.verdict import Verdict
from verify.report.folder import STAMP

__all__ = ["CASE", "CHECK", "COVERED", "FLOATS", "KEY", "LARGEST_TABLE", "NTH", "Folder",
           "read_folder"]  # fmt: skip
CASE = ("variant", "options", "tier", "regime", "dtype", "batch", "seed")
KEY = (*CASE, "tensor")
"""What makes a row of diff.csv the row it is."""
CHECK = ("check", "variant", "subject")
COVERED = ("variant", "tensor", "tier")
NTH = "nth"
"""Of several rows with one key: which."""
FLOATS = (
    *("own_error", "own_bound", "own_ratio", "own_floor", "scale", "subject", "oracle"),
    *("inherited_error", "inherited_bound", "inherited_ratio", "inherited_floor", "flips"),
)
_TEXTS = ("shape", "elements", "verdict", "own_verdict", "inherited_verdict", "own_rule",
          "inherited_rule", "index")  # fmt: skip
_SIZES = tuple(name for name in FLOATS if name not in ("subject", "oracle"))
"""Numbers that cannot be negative."""
LARGEST_TABLE = 2**28
"""Bytes of a table: some 500,000 rows of diff.csv."""


@dataclass(frozen=True)
class Folder:
    """Tables by their keys; of checks and coverage none, where the folder has none.

    repeated: rows whose key an earlier one has.  made: environment.json's environment.
    """

    place: Path
    rows: pd.DataFrame
    checks: pd.DataFrame
    coverage: pd.DataFrame
    repeated: int
    made: dict[str, str] = field(default_factory=dict)


def read_folder(place: Path) -> Folder:
    """A folder that a command wrote its report to.

    Raises:
        InputError, StorageError: it is none, or a table of it is not what we write.
    """
    if not exists(place / "diff.csv"):
        raise InputError("holds no diff.csv", where=str(place),
                         fix="name the folder of a report, as lenet-verify writes to reports/latest"
                         ) from None  # fmt: skip
    rows = _numbers(_table(place / "diff.csv", (*KEY, *_TEXTS, *FLOATS)), place / "diff.csv")
    if rows.empty:
        raise InputError("holds no rows", where=str(place / "diff.csv"))
    _known(rows, place / "diff.csv")
    rows = _counted(rows, KEY)
    return Folder(place, rows, _optional(place / "checks.csv", CHECK),
                  _optional(place / "coverage.csv", COVERED),
                  int((rows[NTH] > 0).sum()), _environment(place / STAMP))  # fmt: skip


def _table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Some columns of a CSV, as texts."""
    data = contents(path, LARGEST_TABLE, fits="a table of a report")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", where=str(path), got=f"byte {error.start}") from None
    if "\0" in text:
        raise InputError("holds zero bytes; no table does", where=str(path))
    head = text.split("\n", 1)[0].rstrip("\r").split(",")
    wrong = [name for name in columns if head.count(name) != 1]
    if wrong:
        raise InputError("misses columns, or has them twice", where=str(path),
                         got=", ".join(wrong)[:80], expected="a table of lenet-verify"
                         )  # fmt: skip
    try:
        return pd.read_csv(io.StringIO(text), usecols=list(columns), dtype=str,
                           keep_default_na=False, index_col=False)[list(columns)]  # fmt: skip
    except (ValueError, pd.errors.ParserError) as error:
        raise InputError(f"is no table: {error}"[:160].split("\n")[0], where=str(path)) from None


def _numbers(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The same, with numbers where numbers belong."""
    found = rows.copy()
    for name in (*FLOATS, "elements"):
        values = pd.to_numeric(rows[name], errors="coerce").astype(np.float64)
        wrong = values.isna() & (rows[name] != "nan")
        if name in (*_SIZES, "elements"):
            wrong |= values < 0
        if wrong.any():
            first = int(np.flatnonzero(wrong.to_numpy())[0])
            raise InputError("not a number that can stand there", where=str(path),
                             got=f"{name} = {rows[name].iloc[first]!r:.40} in row {first + 1}"
                             )  # fmt: skip
        found[name] = values
    return found


def _known(rows: pd.DataFrame, path: Path) -> None:
    """Verdicts are ours, or nothing can be said of how they changed."""
    for name in ("verdict", "own_verdict", "inherited_verdict"):
        others = set(rows[name].unique()) - {str(v) for v in Verdict}
        if others:
            raise InputError("no verdict", where=str(path), got=f"{name} = {min(others)!r:.40}",
                             expected=", ".join(str(v) for v in Verdict))  # fmt: skip


def _counted(rows: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    return rows.assign(**{NTH: rows.groupby(list(key), sort=False).cumcount()})


def _optional(path: Path, key: tuple[str, ...]) -> pd.DataFrame:
    """Verdicts by key; nothing where there is no such table."""
    columns = (*key, "verdict")
    if not exists(path):
        return _counted(pd.DataFrame(columns=list(columns), dtype=str), key)
    return _counted(_table(path, columns), key)


def _environment(path: Path) -> dict[str, str]:
    """What a report says of where it was made; nothing where it says nothing readable."""
    if not exists(path):
        return {}
    try:
        told: Any = json.loads(contents(path, 2**22))["environment"]
        return {str(name): str(value)[:80] for name, value in told.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
