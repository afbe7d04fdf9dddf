"""The one verdict rule: from a comparison to a judgement, or from there being none."""

from __future__ import annotations

from collections.abc import Mapping

from verify.expected.step import Step
from verify.judge.compare import Comparison
from verify.judge.findings import Judgement
from verify.judge.reasons import Beyond, HadItFirst, OtherDtype, Plain, Reason
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


def incomparable(
    step: Step, why: Reason, partial: bool, unusable: Mapping[str, Reason]
) -> tuple[Judgement, Judgement]:
    """Own and inherited judgement of what is missing, or of another kind; who was handed another
    dtype is not guilty of it.

    Args:
        partial: the trace may have gaps; unusable: why others cannot be compared, by tensor.
    """
    gap = Verdict.ABSENT if partial else Verdict.MISSING
    wrong = Judgement(gap if why is Plain.MISSING else Verdict.FAIL, reason=why)
    if isinstance(why, OtherDtype):
        handed = {*step.inputs, f"{step.layer}.x"} - {step.tensor}
        sources = sorted(n for n in handed if isinstance(unusable.get(n), OtherDtype))
        if sources:
            return Judgement(Verdict.ABSENT, reason=HadItFirst(tuple(sources))), wrong
    return wrong, wrong
