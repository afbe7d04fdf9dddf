"""Findings as a table, one chunk per job or submission: the columns of diff.csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from verify.judge.findings import Finding
from verify.report.rows import KINDS, Row, row

__all__ = ["frame", "framed", "table"]
_STORED = {int: "int64", float: "float64", str: "object"}


def frame(findings: Iterable[Finding], again: str = "") -> pd.DataFrame:
    """All columns of findings, in the order of COLUMNS.  again: the command that repeats what
    failed, where that is not the row's own."""
    return framed([row(finding, again) for finding in findings])


def framed(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows as they are made of findings."""
    # arrays and not lists: pandas would look at every value again
    return pd.DataFrame({k: _column([r[k] for r in rows], _STORED[of]) for k, of in KINDS.items()})


def table(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows of numbers and texts, a column being of one of them."""
    found = {}
    for place, name in enumerate(columns):
        values = [row[place] for row in rows]
        text = not values or isinstance(values[0], str)
        found[name] = _column(values, "object") if text else pd.Series(values)
    return pd.DataFrame(found)


def _column(values: Sequence[Any], kind: str) -> pd.Series[Any]:
    """Texts stay what they are: the strings of Arrow, which pandas takes wherever that is
    installed, have no place for a file name that is no Unicode."""
    return pd.Series(np.array(values, kind), dtype=kind)
