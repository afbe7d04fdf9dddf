"""What is summed of a row of diff.csv, and what follows from its verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from verify.judge.verdict import Verdict

__all__ = ["SUMMED", "Row", "failing", "summed"]


class Row(NamedTuple):
    """Of a row of diff.csv what is summed, and what follows from its verdicts."""

    variant: str
    options: str
    tier: str
    regime: str
    dtype: str
    batch: int
    seed: int
    layer: str
    tensor: str
    closer_to_truth: str
    flips: int
    own_error: float
    own_bound: float
    own_ratio: float
    own_floor: float
    inherited_error: float
    inherited_bound: float
    inherited_ratio: float
    passed: bool
    failed: bool
    unverified: bool
    mistrusted: bool
    guilty: bool


SUMMED = Row._fields[: Row._fields.index("passed")]
"""Columns of diff.csv."""


def summed(row: Mapping[str, Any]) -> Row:
    """What is summed of a row."""
    verdict, own = Verdict(row["verdict"]), Verdict(row["own_verdict"])
    doubtful = verdict in (Verdict.MISTRUSTED, Verdict.DISPUTED)
    flags = (verdict is Verdict.PASS, failing(verdict), verdict is Verdict.UNVERIFIED, doubtful)
    return Row._make((*[row[name] for name in SUMMED], *flags, own.guilty))


def failing(verdict: Verdict) -> bool:
    """A row that fails the run; one that is not verified does not, nor does it pass."""
    return verdict.failing
