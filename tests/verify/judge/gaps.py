"""Traces with gaps of five digits, for tests of what is concluded from them."""

from __future__ import annotations

from functools import cache
from typing import Any

from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.subjects.reference import reference

Trace = dict[str, NDArray[Any]]


@cache
def drawn(variant: str, tier: str = "float64") -> tuple[Case, Trace]:
    """A case of five digits with zero biases, and the reference's trace."""
    case = Job(variant, "zero-bias", tier, 5).case()
    return case, dict(reference(case))


def judged(trace: Trace, variant: str = "modern", tier: str = "float64") -> list[Finding]:
    """Findings of a trace with gaps."""
    return Judge(drawn(variant, tier)[0], trace, with_truth=False, partial=True).findings()


def only(variant: str, symbols: tuple[str, ...], tier: str = "float64") -> Trace:
    """The reference's tensors of some symbols."""
    trace = drawn(variant, tier)[1]
    return {k: v for k, v in trace.items() if k.split(".")[1] in symbols}
