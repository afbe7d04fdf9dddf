"""The untraced path of the reference, judged: gradients only, in blocks, against PyTorch's run.

There is no trace, so no layer's own error: each gradient is held against autograd's, and must lie
within the propagated bound of every step from the images to it.  How many of their elements that
bound is sharp for is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import LeNetError
from lenet_ref.fast.gradients import gradients
from verify.cases.case import Case
from verify.checks.check import Check
from verify.judge.reasons import Reason
from verify.judge.trace import Trace
from verify.judge.verdict import Verdict
from verify.pipeline.judging import GAPS, judged

__all__ = ["BLOCK", "Held", "expected", "held", "labels_of", "untraced_check"]
BLOCK = 2
"""Images in a block: a batch of 3 then has a whole one and a rest."""


def untraced_check(case: Case) -> Check:
    """One question about one case with a loss: is every gradient right without a trace?"""
    where = f"{case.regime} N={case.batch}, blocks of {BLOCK}"
    try:
        found = gradients(case.arch, case.parameters, case.images, labels_of(case), BLOCK)
        outcome = held(case, found)
    except LeNetError as error:
        found, outcome = {}, Held(str(error))
    elements = sum(value.size for value in found.values())
    fine = f"{outcome.verified} of {elements} elements verified in {len(found)} tensors"
    what, wrong = f"gradients only ({where})", outcome.wrong
    variant = case.arch.variant
    return Check("untraced", variant, what, not wrong, wrong or fine, reason=outcome.reason)


def labels_of(case: Case) -> NDArray[Any]:
    """The case's labels; the untraced path has no gradient without them."""
    return np.zeros(0, dtype=np.int64) if case.labels is None else case.labels


@dataclass(frozen=True)
class Held:
    """Gradients held against PyTorch's run.  wrong: the first that is absent, cannot be judged or
    is wrong (empty: none is), and the reason; verified: elements."""

    wrong: str = ""
    reason: Reason | None = None
    verified: int = 0


def held(case: Case, found: Trace) -> Held:
    """What is to be said of gradients without a trace."""
    verified = 0
    for finding in judged(case, found, GAPS):
        name, inherited = finding.step.tensor, finding.inherited
        if expected(case, name) != (name in found):
            return Held(f"{name} is {'not a gradient' if name in found else 'missing'}")
        if name not in found:
            continue
        fine = inherited.verdict in (Verdict.PASS, Verdict.UNVERIFIED)
        if not fine or not finding.verified:
            return Held(f"{name}: {inherited.verdict}", inherited.reason)
        verified += finding.verified
    return Held(verified=verified)


def expected(case: Case, name: str) -> bool:
    """Losses, parameter gradients and the images' gradient."""
    layer, symbol = name.split(".")
    if layer == "loss":
        return symbol in ("data", "reg", "total")
    return symbol in ("dW", "db") or name == f"{case.arch.layers[0].name}.dx"
