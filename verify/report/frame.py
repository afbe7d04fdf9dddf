"""Findings as a table, one chunk per job or submission: the columns of diff.csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from verify.judge.findings import Finding
from verify.report.rows import COLUMNS, NUMBERS, WHOLE, Row, row

__all__ = ["KINDS", "frame", "framed", "table"]
KINDS = dict.fromkeys(WHOLE, "int64") | dict.fromkeys(NUMBERS, "float64")


def frame(findings: Iterable[Finding], again: str = "") -> pd.DataFrame:
    """All columns of findings, in the order of COLUMNS.  again: the command that repeats what
    failed, where that is not the row's own."""
    return framed([row(finding, again) for finding in findings])


def framed(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows as they are made of findings."""
    # arrays and not lists: pandas would look at every value again
    return pd.DataFrame({k: _column([r[k] for r in rows], KINDS.get(k, "object")) for k in COLUMNS})


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
