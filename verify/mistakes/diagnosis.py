"""Diagnosis: for a failing tensor, the one hypothesis that explains its numbers.

Hypotheses are tried in a fixed order, the specific before the general, and the first whose
tensor agrees with the subject's to rounding is named.  None fits: no cause is given, rather
than a guess.
"""

from __future__ import annotations

from dataclasses import replace

from verify.expected.step import Step
from verify.judge.findings import Cause, Finding
from verify.judge.judge import Judge
from verify.judge.reasons import OtherDtype, OtherShape
from verify.judge.verdict import Verdict
from verify.mistakes import geometry, hidden, precision, scale, sizes, slices, table
from verify.mistakes.hypothesis import Evidence, Hypothesis, WithoutDecay

__all__ = ["BEFORE_DECAY", "FAMILIES", "SPECIFIC", "cause_of", "diagnose", "explain", "named",
           "with_cause"]  # fmt: skip
FAMILIES: tuple[Hypothesis, ...] = (
    precision.missing_values,
    precision.stored,
    table.hypotheses,
    scale.hypotheses,
    geometry.hypotheses,
    hidden.hypotheses,
    scale.anonymous,
    slices.hypotheses,
    precision.cancelled,
    precision.lower,
)

SPECIFIC = (table.hypotheses,)
"""Families whose causes may be one factor, which the batch may make by another way."""

BEFORE_DECAY = ", before reg W is added"
"""Said of a mistake in a^T dz that the regulariser's part of dW hides."""


def explain(judge: Judge, findings: list[Finding]) -> list[Finding]:
    """Findings, those that fail carrying their cause where a hypothesis fits."""
    return [with_cause(judge, f) if f.failed else f for f in findings]


def with_cause(judge: Judge, finding: Finding) -> Finding:
    """With its cause or, where none fits an own error, with what comes nearest."""
    cause = cause_of(judge, finding)
    compared = finding.own.verdict is Verdict.FAIL and finding.step.tensor in judge.subject
    if cause is not None or not compared:
        return replace(finding, cause=cause)
    return replace(finding, nearest=scale.nearest(Evidence(judge, finding.step)))


def cause_of(judge: Judge, finding: Finding) -> Cause | None:
    """The cause of one failing row: of its numbers, or of why there were none to compare.  What a
    layer was fed, if that is not said, the oracle computes from the nearest that was supplied."""
    unfed = finding.own.verdict is Verdict.ABSENT
    told = finding.inherited if unfed else finding.own
    if told.verdict is not Verdict.FAIL:
        return None
    if told.comparison is not None:
        return diagnose(judge, finding.step, unfed)
    why = finding.own.reason
    if not isinstance(why, OtherDtype | OtherShape):
        return None
    kind = "dtype" if isinstance(why, OtherDtype) else "shape"
    whose = sizes.told(finding.step, why.got) if isinstance(why, OtherShape) else ""
    text = f"{finding.step.tensor} has another {kind}{whose and f': {whose}'}"
    return Cause(f"other-{kind}", text, why)


def diagnose(judge: Judge, step: Step, inherited: bool = False) -> Cause | None:
    """The cause of one failing tensor, or None."""
    found = named(Evidence(judge, step, inherited))
    if found is None and step.symbol == "dW" and judge.own.reg:
        found = named(WithoutDecay(judge, step, inherited))
        found = found and replace(found, text=found.text + BEFORE_DECAY)
    return found


def named(evidence: Evidence) -> Cause | None:
    """The first cause that fits."""
    for family in FAMILIES:
        for cause, formula, fitted, factor in family(evidence):
            if formula is None or evidence.fits(formula(), fitted, factor):
                return scale.with_others(evidence, cause) if family in SPECIFIC else cause
    return None
