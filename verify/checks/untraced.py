"""The untraced path of the reference, judged: gradients only, in blocks, against PyTorch's run.

There is no trace, so no layer's own error: each gradient is held against autograd's, and must lie
within the propagated bound of every step from the images to it.  How many of their elements that
bound is sharp for is said.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import LeNetError
from lenet_ref.fast.gradients import gradients
from verify.cases.case import Case
from verify.checks.check import Check
from verify.judge.judge import Judge
from verify.judge.trace import Trace

BLOCK = 2
"""Images in a block: a batch of 3 then has a whole one and a rest."""


def untraced_check(case: Case) -> Check:
    """One question about one case with a loss: is every gradient right without a trace?"""
    where = f"{case.regime} N={case.batch}, blocks of {BLOCK}"
    try:
        found = gradients(case.arch, case.parameters, case.images, labels_of(case), BLOCK)
        wrong, verified = judged(case, found)
    except LeNetError as error:
        found, wrong, verified = {}, str(error), 0
    elements = sum(value.size for value in found.values())
    detail = wrong or f"{verified} of {elements} elements verified in {len(found)} tensors"
    return Check("untraced", case.arch.variant, f"gradients only ({where})", not wrong, detail)


def labels_of(case: Case) -> NDArray[Any]:
    """The case's labels; the untraced path has no gradient without them."""
    return np.zeros(0, dtype=np.int64) if case.labels is None else case.labels


def judged(case: Case, found: Trace) -> tuple[str, int]:
    """What is wrong with the first gradient that is absent, cannot be judged at all or is wrong
    (empty if nothing is), and how many elements were verified."""
    verified = 0
    for finding in Judge(case, found, with_truth=False, partial=True).findings():
        name, inherited = finding.step.tensor, finding.inherited
        if expected(case, name) != (name in found):
            return f"{name} is {'not a gradient' if name in found else 'missing'}", 0
        if name not in found:
            continue
        if inherited.verdict not in ("pass", "unverified") or not finding.verified:
            return f"{name}: {inherited.verdict}: {inherited.reason}", 0
        verified += finding.verified
    return "", verified


def expected(case: Case, name: str) -> bool:
    """Losses, parameter gradients and the images' gradient."""
    layer, symbol = name.split(".")
    if layer == "loss":
        return symbol in ("data", "reg", "total")
    return symbol in ("dW", "db") or name == f"{case.arch.layers[0].name}.dx"
