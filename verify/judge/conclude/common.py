"""One cause behind many rows: everything wrong by the same factor, or wrong without effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from verify.expected.step import is_gradient
from verify.judge.compare import Comparison
from verify.judge.findings import Finding
from verify.judge.reasons import OtherDtype
from verify.judge.verdict import Verdict
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = [
    "FEWEST",
    "RESULTS",
    "Common",
    "CommonDtype",
    "CommonFactor",
    "Meaning",
    "common_cause",
    "common_dtype",
    "common_factor",
    "meaning",
    "measured",
    "without_consequence",
]  # fmt: skip
FEWEST = 3
"""Rows that must agree before a factor is called common."""


class Meaning(Enum):
    """What a factor that people are known to lose or to add comes from."""

    SUMMED = auto()
    AVERAGED_TWICE = auto()
    HALF = auto()
    TWICE = auto()
    SIGN = auto()


@dataclass(frozen=True)
class CommonFactor:
    """Wrong gradients are the reference's, times a factor.

    meaning: None where the factor is no known one; batch: images; every: no gradient is right.
    """

    factor: float
    meaning: Meaning | None
    batch: int
    every: bool


@dataclass(frozen=True)
class CommonDtype:
    """Everything was computed, or stored, in another dtype than the case's."""

    theirs: str
    ours: str


Common: TypeAlias = CommonFactor | CommonDtype


def common_cause(findings: Sequence[Finding]) -> Common | None:
    """One factor, or one dtype, behind every failing row."""
    return common_factor(findings) or common_dtype(findings)


def common_dtype(findings: Sequence[Finding]) -> CommonDtype | None:
    """Every failing row is of one and the same other dtype."""
    failing = [f for f in findings if f.failed]
    other = {f.reason for f in failing if isinstance(f.reason, OtherDtype)}
    if len(failing) < FEWEST or len(other) != 1 or any(f.reason not in other for f in failing):
        return None
    return CommonDtype(other.pop().got, failing[0].case.dtype)


def common_factor(findings: Sequence[Finding]) -> CommonFactor | None:
    """All failing gradients differ from the reference by one and the same factor."""
    failing = [f for f in findings if f.failed]
    compared = [c for f in failing if (c := measured(f)) is not None]
    if len(compared) < FEWEST or len(compared) < len(failing):
        return None
    if not all(is_gradient(f.step.symbol) for f in failing):
        return None
    case = failing[0].case
    tolerance = UNIT_ROUNDOFF[case.dtype] ** 0.5
    factor = compared[0].fit_scale
    if abs(factor - 1) <= tolerance:  # wrong in some other way than by a factor
        return None
    same = all(
        c.fit_residual <= tolerance and abs(c.fit_scale - factor) <= tolerance * abs(factor)
        for c in compared
    )
    right = any(is_gradient(f.step.symbol) and f.verdict is Verdict.PASS for f in findings)
    known = meaning(factor, case.batch, tolerance)
    return CommonFactor(factor, known, case.batch, not right) if same else None


def measured(finding: Finding) -> Comparison | None:
    """The comparison that failed."""
    shown = finding.own if finding.own.verdict.failing else finding.inherited
    return shown.comparison


def meaning(factor: float, n: int, tolerance: float) -> Meaning | None:
    """Where a factor is known to come from; of a batch of two, 2 and 1/2 come from no batch."""
    known = {
        float(n): Meaning.SUMMED,
        1 / n: Meaning.AVERAGED_TWICE,
        0.5: Meaning.HALF,
        2.0: Meaning.TWICE,
        -1.0: Meaning.SIGN,
    }
    near = (m for value, m in known.items() if abs(factor - value) <= tolerance * abs(value))
    return next(near, None)


RESULTS = ("dW", "db", "data", "reg", "total")
"""What training uses: a difference here is a consequence itself."""


def without_consequence(findings: Sequence[Finding]) -> list[Finding]:
    """Own errors that change nothing further: every tensor after them in order of computation
    that was supplied, and at least one parameter gradient, agrees with the oracle's free run."""
    harmless = []
    for place, finding in enumerate(findings):
        if not finding.guilty or finding.step.symbol in RESULTS:
            continue
        layer = finding.step.layer
        later = [f for f in findings[place + 1 :] if f.step.layer != layer]
        judged = [f for f in later if f.inherited.verdict is not Verdict.ABSENT]
        gradients = [f for f in judged if f.step.symbol in ("dW", "db")]
        fine = [f for f in judged if f.step.symbol in ("dW", "db", "dz", "y")]
        if gradients and all(f.inherited.verdict is Verdict.PASS for f in fine):
            harmless.append(finding)
    return harmless
