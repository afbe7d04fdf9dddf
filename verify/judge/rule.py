"""The one verdict rule: from a comparison to a judgement."""

from __future__ import annotations

from verify.judge.compare import Comparison
from verify.judge.findings import Judgement
from verify.judge.reasons import Beyond, Reason
from verify.judge.verdict import Verdict
from verify.tolerance.bound import Bound


def judgement(
    bound: Bound, comparison: Comparison, unfit: Reason | None, doubt: Reason | None, exact: bool
) -> Judgement:
    """The verdict of one comparison; a difference outweighs a doubt, and a doubt about the whole
    tensor one about some of its elements."""
    rule, terms = ("exact", "0") if exact else (bound.rule, bound.terms())
    if not comparison.passed and comparison.failing:
        beyond = comparison.why or Beyond(comparison)
        return Judgement(Verdict.FAIL, rule, terms, comparison, beyond)
    if unfit or doubt or not comparison.passed:
        why = unfit or doubt or comparison.why
        return Judgement(Verdict.MISTRUSTED, rule, terms, comparison, why)
    if comparison.blunt:
        return Judgement(Verdict.UNVERIFIED, rule, terms, comparison, comparison.blunt)
    return Judgement(Verdict.PASS, rule, terms, comparison)
