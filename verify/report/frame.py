"""Findings as a table, one chunk per job or submission: the columns of diff.csv."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from verify.judge.findings import Finding
from verify.report.rows import COLUMNS, row

__all__ = ["KINDS", "NUMBERS", "WHOLE", "frame"]
WHOLE = ("batch", "seed", "elements", "verified", "flips", "nan", "inf")
NUMBERS = (
    *("own_error", "own_bound", "own_ratio", "own_floor"),
    *("inherited_error", "inherited_bound", "inherited_ratio", "inherited_floor"),
    *("scale", "subject", "oracle", "fit_scale", "fit_residual", "cosine"),
    *("subject_to_truth", "oracle_to_truth"),
)
KINDS = dict.fromkeys(WHOLE, "int64") | dict.fromkeys(NUMBERS, "float64")


def frame(findings: Iterable[Finding], again: str = "") -> pd.DataFrame:
    """All columns of findings, in the order of COLUMNS.  again: the command that repeats what
    failed, where that is not the row's own."""
    rows = [row(finding, again) for finding in findings]
    kinds = {name: KINDS.get(name, "object") for name in COLUMNS}
    # arrays and not lists: pandas would look at every value again
    return pd.DataFrame({k: np.array([r[k] for r in rows], kind) for k, kind in kinds.items()})
