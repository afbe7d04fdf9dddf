"""Diagnosis: for a failing tensor, the one hypothesis that explains its numbers.

Hypotheses are tried in a fixed order, the specific before the general, and the first whose
tensor agrees with the subject's to rounding is named.  None fits: no cause is given, rather
than a guess.
"""

from __future__ import annotations

from dataclasses import replace

from verify.diagnose import alternatives, geometry, precision, scale
from verify.diagnose.hypothesis import Evidence, Hypothesis
from verify.findings import Cause, Finding
from verify.judge import Judge
from verify.steps import Step

FAMILIES: tuple[Hypothesis, ...] = (
    precision.missing_values,
    alternatives.hypotheses,
    scale.hypotheses,
    geometry.hypotheses,
    scale.anonymous,
    precision.lower,
)


def explain(judge: Judge, findings: list[Finding]) -> list[Finding]:
    """Findings, those with an own error carrying their cause where a hypothesis fits."""
    return [
        replace(f, cause=diagnose(judge, f.step))
        if f.own.verdict == "fail" and f.own.comparison is not None
        else f
        for f in findings
    ]


def diagnose(judge: Judge, step: Step) -> Cause | None:
    """The cause of one failing tensor, or None."""
    evidence = Evidence(judge, step)
    for family in FAMILIES:
        for cause, candidate in family(evidence):
            if cause.name == "not-finite" or evidence.fits(candidate()):
                return cause
    return None
