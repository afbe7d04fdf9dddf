"""Rounding bounds of the RBF layer: squared distances and their gradients."""

from __future__ import annotations

import torch

from verify.expected.step import Step
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules


def rbf_y(q: Query, step: Step) -> Bound:
    """D squares of rounded differences, summed, or the expanded square: gamma_{D+3} on
    sum (|x| + |w|)^2."""
    x, W = step.inputs
    M = (q.magnitude(x).unsqueeze(1) + q.magnitude(W)).square().sum(dim=2)
    e = q.error(x)
    if e is None:
        return Bound("distance", q.shapes[W][1] + 3, M)
    gap = (q.value(x).unsqueeze(1) - q.value(W)).abs()
    propagated = ((2 * gap + e.unsqueeze(1)) * e.unsqueeze(1)).sum(dim=2)
    return Bound("distance", q.shapes[W][1] + 3, M, propagated)


def rbf_dx(q: Query, step: Step) -> Bound:
    """K products of rounded differences: gamma_{K+3} on 2 sum_i |dy_i| (|x| + |w_i|)."""
    return _rbf_gradient(q, step, axis=1)


def rbf_dW(q: Query, step: Step) -> Bound:
    """N products of rounded differences: gamma_{N+3} on 2 sum_n |dy_n| (|x_n| + |w|)."""
    return _rbf_gradient(q, step, axis=0)


def _rbf_gradient(q: Query, step: Step, axis: int) -> Bound:
    x, W, dy = step.inputs
    spread = q.magnitude(x).unsqueeze(1) + q.magnitude(W)
    upstream = q.magnitude(dy).unsqueeze(2)
    M = 2 * (spread * upstream).sum(dim=axis)
    e_x, e_dy = q.error(x), q.error(dy)
    n = q.shapes[dy][axis] + 3
    if e_x is None and e_dy is None:
        return Bound("product", n, M)
    parts = torch.zeros_like(spread)
    if e_x is not None:
        parts = parts + upstream * e_x.unsqueeze(1)
    if e_dy is not None:
        gap = (q.value(x).unsqueeze(1) - q.value(W)).abs()
        parts = parts + gap * e_dy.unsqueeze(2)
    return Bound("product", n, M, 2 * parts.sum(dim=axis))


RULES: Rules = {"rbf.y": rbf_y, "rbf.dx": rbf_dx, "rbf.dW": rbf_dW}
