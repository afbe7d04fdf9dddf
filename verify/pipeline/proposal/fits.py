"""Which tensor an array is, and how it lies: by its numbers, or by no more than its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from verify.exchange.plans import Array, Plan
from verify.judge.trace import alike
from verify.pipeline.proposal.right import Right

__all__ = ["EQUAL", "NAMED", "NEARLY", "Fit", "fits", "same_factor", "shaped"]
EQUAL = {"float64": 1e-6, "float32": 1e-3}
"""Part of an array that rounding, of it or of all before it, may leave: only which tensor it is
follows from it, and no verdict."""
NAMED = (1.0, 2.0, 0.5)
"""Factors of a loss alone that tell it: 1/2 of it, or twice."""
NEARLY = 0.5
"""Part of an array that may be wrong and yet tell which tensor it is."""


class Fit(NamedTuple):
    """ours: the tensor; plan: how the array lies; factor: of the right numbers; left: part of the
    array, by norm, that they do not explain."""

    ours: str
    plan: Plan
    factor: float
    left: float

    def exact(self, dtype: str) -> bool:
        """The numbers are the tensor's, or times one factor; a single number is times one factor of
        any other, so that only a factor with a name counts."""
        single = self.plan.ours in ((), (1,))
        named = any(same_factor(abs(self.factor), each) for each in NAMED)
        return self.left <= EQUAL[dtype] and (named or not single)


def fits(value: Array, right: Right) -> list[Fit]:
    """Every tensor and plan that explains half of an array or more, the best first."""
    found = [fit for ours in right.by_size.get(value.size, ()) for fit in _fits(value, ours, right)]
    return sorted(found, key=lambda fit: fit.left)


def _fits(value: Array, ours: str, right: Right) -> Iterator[Fit]:
    numbers, known = value.astype(float), right.values[ours]
    size, length = float((known * known).sum()), float(np.linalg.norm(numbers))
    if not size or not np.isfinite(length) or not length:
        return
    for plan in right.plans[ours]:
        if shaped(value, plan):
            read = plan.to_ours(numbers)
            factor = float((read * known).sum()) / size
            left = float(np.linalg.norm(read - factor * known)) / length
            if left <= NEARLY and (value.size > 1 or factor > 0):
                yield Fit(ours, plan, factor, left)


def shaped(value: Array, plan: Plan) -> bool:
    """An array has the shape that a plan gives it, but for axes of length 1, or is flat."""
    flat = value.ndim <= 1 and value.size == np.prod(plan.ours, dtype=int)
    return flat or value.shape == plan.theirs or alike(value.shape, plan.theirs)


def same_factor(one: float, other: float) -> bool:
    """Two measured factors are one."""
    return abs(one - other) <= 1e-3 * abs(other)
