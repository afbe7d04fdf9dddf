"""Where own errors prove the inherited ones: docs/tolerance.md, 6.3.

In a complete trace every own error of which is within its bound, and every hand-over exact, the
drift of each tensor is within the bound that rounding propagates to it, whatever its number is.
There the drift is measured, and its bound need not be computed to say that it is no mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor

from verify.expected.step import HANDED_ON, Step
from verify.judge.apart import apart
from verify.judge.compare import NAN, Comparison
from verify.judge.findings import Finding, Judgement
from verify.judge.ground import Ground
from verify.judge.verdict import Verdict
from verify.oracle.evaluation import Evaluation

if TYPE_CHECKING:
    from verify.judge.judge import Judge

__all__ = ["FOLLOWS", "WITHIN", "follows", "given", "moved", "proves", "unbounded"]
WITHIN = (Verdict.PASS, Verdict.UNVERIFIED)
"""Of errors within their bounds; what follows from a blunt one is held against bounds as ever."""
FOLLOWS = "follows from own errors"
"""The rule of an inherited error that was not held against a bound."""


def proves(judge: Judge, found: Sequence[Finding], ground: Ground) -> frozenset[str]:
    """The tensors whose drift follows from own errors; none, where anything is wrong or missing.

    Not asked of a trace that may have gaps, or whose numbers were converted with a loss: what was
    printed is not what was computed with.  Not of the exact tier either, whose inherited error is
    to be zero, which is more than the theorem says.

    Args:
        found: the own error of each of its tensors, in order; hand-overs among them, whose bound is
            zero.
        ground: knows what each was computed from.
    """
    proved: set[str] = set()
    gaps = judge.partial or judge.unusable or judge.blurred or len(found) != len(judge.steps)
    fine = all(finding.own.verdict in WITHIN for finding in found)
    if gaps or not fine or judge.case.tier == "exact":
        return frozenset()
    for finding in found:
        right = finding.own.verdict is Verdict.PASS
        if right and all(name in proved for name in ground.fed(finding.step)):
            proved.add(finding.step.tensor)
    return frozenset(proved)


def follows(
    finding: Finding, subject: Tensor, free: Evaluation, still: set[str]
) -> Judgement | None:
    """A pass by the theorem, with the numbers of the drift; None where they are none.

    Args:
        still: tensors of the same bits as in the free run; this one is added, if it is.
    """
    step, name = finding.step, finding.step.tensor
    if moved(step) and all(source in still or given(source) for source in step.inputs):
        comparison = unbounded(finding.own.comparison)  # as its source, the free run has these bits
    else:
        comparison = apart(subject.numpy(), free.value(name).numpy())
    if comparison is None:
        return None
    if comparison.error == 0:
        still.add(name)
    return Judgement(Verdict.PASS, FOLLOWS, "", comparison)


def moved(step: Step) -> bool:
    """Nothing but the places of numbers changes: hand-overs, fields and windows."""
    return step.op in HANDED_ON or step.symbol == "a"


def given(name: str) -> bool:
    """Both sides were handed it."""
    return "." not in name or name.startswith("given.")


def unbounded(own: Comparison | None) -> Comparison | None:
    """The numbers of a comparison of equal bits, without what its bound says."""
    if own is None or own.error != 0:
        return None
    return replace(own, bound=NAN, ratio=NAN, floor=NAN, largest=NAN, verified=0, why=None)
