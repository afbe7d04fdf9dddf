"""A second look at a sum that its bound says little of: docs/tolerance.md, 4.8.

A gradient of a weight is one sum over all patterns and places.  In float32, from some ten thousand
terms on, the bound of any order on both sides reaches elements whose terms cancel.  Held against
the truth, one side's rounding counts alone, and of terms of both signs no partial sum is as large
as all of them.  Nobody is failed by it: who is beyond keeps the verdict of the first bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from verify.expected.step import Step
from verify.judge.compare import Comparison
from verify.judge.findings import Judgement
from verify.judge.rule import judgement
from verify.judge.verdict import Verdict
from verify.judge.witness import TRUTH_SLACK, Witness
from verify.tolerance.bound import Bound

__all__ = ["Compared", "sharper"]
Compared: TypeAlias = Callable[[Tensor, Tensor], Comparison]


def sharper(
    step: Step, bound: Bound, found: Judgement, witness: Witness, dtype: str, compared: Compared
) -> Judgement:
    """The judgement of a sum against its truth, where that verifies more; else the one there is.

    Args:
        bound, found: of its own error, by the rule of the step.
        compared: the subject's tensor with a reference, within an allowance for each element.
    """
    before = found.comparison
    if found.verdict is not Verdict.UNVERIFIED or before is None or not before.blunt:
        return found
    if not bound.additions or bound.propagated is not None:
        return found
    if not witness.speaks:
        return found
    true = witness.truth(step)
    if true.dtype != np.float64:  # extended precision is not told to the last bit
        return found
    total = torch.from_numpy(true)
    less = bound.of_signs(total)
    kept = compared(total, less.value(dtype, sides=1) * TRUTH_SLACK)
    if not kept.passed or kept.verified <= before.verified:
        return found
    return judgement(less, kept, None, None, False)
