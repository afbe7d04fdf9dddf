"""Rounding bounds of the L2 regulariser."""

from __future__ import annotations

import torch

from verify.expected.step import Step
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules


def regulariser(q: Query, step: Step) -> Bound:
    """Sum of n squares times reg/2: gamma_{n+2} on the value; without weights 0."""
    weights = [q.magnitude(name) for name in step.inputs]
    squares = [W.square().sum() for W in weights] or [torch.zeros((), dtype=torch.float64)]
    M = torch.stack(squares).sum() * (q.reg / 2)
    return Bound("sum", sum(W.numel() for W in weights) + 2, M)


def total(q: Query, step: Step) -> Bound:
    """One addition."""
    data, reg = step.inputs
    error = q.error(data)
    other = q.error(reg)
    both = error if other is None else other if error is None else error + other
    return Bound("sum", 1, q.magnitude(data) + q.magnitude(reg), both)


RULES: Rules = {"regulariser.reg": regulariser, "total": total}
