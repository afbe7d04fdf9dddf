"""From a comparison to a verdict, and the sentence that goes with it."""

from __future__ import annotations

from verify.judge.compare import Comparison
from verify.judge.findings import Judgement
from verify.tolerance.bound import Bound


def judgement(
    bound: Bound, comparison: Comparison, unfit: str, doubt: str, exact: bool
) -> Judgement:
    """The verdict of one comparison; a difference outweighs a doubt, and a doubt about the whole
    tensor one about some of its elements."""
    rule, terms = ("exact", "0") if exact else (bound.rule, bound.terms())
    if not comparison.passed and comparison.failing:
        return Judgement("fail", rule, terms, comparison, comparison.why or describe(comparison))
    if unfit or doubt or not comparison.passed:
        return Judgement("mistrusted", rule, terms, comparison, unfit or doubt or comparison.why)
    if comparison.blunt:
        return Judgement("unverified", rule, terms, comparison, comparison.blunt)
    return Judgement("pass", rule, terms, comparison)


def describe(c: Comparison) -> str:
    """Where and by how much, in one line."""
    where = "[" + ", ".join(map(str, c.index)) + "]" if c.index else "value"
    if c.nan or c.inf:
        return f"{c.nan} NaN and {c.inf} Inf; at {where} got {c.subject!r}"
    return (
        f"at {where} got {c.subject!r}, expected {c.reference!r}, "
        f"off by {c.error:.2g}, allowed {c.bound:.2g} ({c.failing} elements)"
    )
