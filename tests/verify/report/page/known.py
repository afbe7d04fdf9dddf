"""Reports that pages are made of: one that passes, one with a planted mistake."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.checks.outcome import Outcome, concluded
from verify.judge.trace import Trace
from verify.pipeline.judging import GAPS, Terms, judged
from verify.subjects.reference import reference

AGAIN = "lenet-verify check mine --variant modern --seed 0"


@cache
def case() -> Case:
    return Job("modern", "digits", "float64", 3).case()


def outcome(trace: Trace, samples: bool = True) -> Outcome:
    findings = judged(case(), trace, Terms(truth=False, samples=samples))
    return concluded([(case(), findings)])


@cache
def right() -> Outcome:
    return outcome(reference(case().handed_out()))


@cache
def wrong(samples: bool = True) -> Outcome:
    """C3.dW is half of what it should be, and one element of F6.b is turned."""
    trace = dict(reference(case().handed_out()))
    trace["C3.dW"] = trace["C3.dW"] / 2
    trace["F6.db"] = trace["F6.db"].copy()
    trace["F6.db"][5] += 1e-3
    return outcome(trace, samples)


@cache
def between() -> Outcome:
    """Parameter gradients alone, wrong from C5 down: no layer has an own error."""
    trace = reference(case().handed_out())
    kept = {name: value for name, value in trace.items() if name.endswith((".dW", ".db"))}
    for name in ("C5.dW", "C3.dW", "C1.dW"):
        value = kept[name]
        kept[name] = value * np.linspace(0.9, 1.1, value.size).reshape(value.shape)
    findings = judged(case(), kept, replace(GAPS, samples=True))
    return concluded([(case(), findings)])
