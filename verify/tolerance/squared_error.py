"""Rounding bounds of the squared error of one-hot targets.  Derivations: docs/tolerance.md."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.tolerance.bound import Bound, gamma
from verify.tolerance.query import Query
from verify.tolerance.softmax import Softmax, loss_probs, one_hot
from verify.tolerance.sums import Rules, patterns, through

WEIGHED = 8
"""Roundings beside the sum: of the difference (twice in a square), the square, the coefficients of
classes and batch and their products, and of a sum made of a mean."""


JACOBIAN = 14
"""Roundings beside the sum over the classes on a product of p_i, p_k and p_k - Y_k."""


class Residuals:
    """The softmax p and p - Y, no smaller on either side when the outputs are uncertain.

    p: probabilities; B: M of their own bound, n roundings; moved: what the outputs' uncertainty
    can do to them, 0 where there is none; gap: |p - Y|; r: no less than it on either side;
    largest: the same of p and p - Y as they may be computed, ``more`` roundings after n.
    """

    def __init__(self, q: Query, step: Step) -> None:
        s, x = Softmax(q, step), q.value("loss.x")
        moved = s.moved(x)
        self.n, self.certain, self._unit = s.roundings, moved is None, q.unit
        self.moved = torch.zeros_like(x) if moved is None else moved
        self.p, self.B = s.p, s.probabilities(x)
        self.gap = (s.centre - one_hot(q)).abs()
        self.r = self.gap + self.moved

    def largest(self, more: int) -> tuple[Tensor, Tensor]:
        """Bounds of the computed p and p - Y."""
        g = gamma(self.n + more, self._unit)
        return self.p + g * self.B, self.r + g * (self.B + self.r)


def weight(q: Query, step: Step, reduction: str) -> tuple[float, int]:
    """Coefficient of a square in the loss, and 1 where a sum may be made of a mean."""
    n, k = q.value("loss.x").shape
    total = patterns(reduction, n)
    return spec_of(step).weight(k) * total / n, int(total > 1)


def distances(q: Query) -> tuple[Tensor, Tensor]:
    """|x - Y|, and the most that it is on either side; no square of it underflows."""
    gap = (q.value("loss.x") - one_hot(q)).abs()
    gap = torch.where(gap > 0, gap.clamp(min=2.0**-511), gap)
    error = q.error("loss.x")
    return gap, gap if error is None else gap + error


def data(q: Query, step: Step) -> Bound:
    """A sum of n k squares of differences, times a coefficient: gamma_{nk+8} on the value."""
    spec = spec_of(step)
    c, more = weight(q, step, spec.reduction)
    terms = q.value("loss.x").numel() + WEIGHED + more
    if spec.on == "softmax":
        return _data_of_softmax(q, step, c, terms)
    gap, most = distances(q)
    propagated = through(lambda e: c * ((2 * gap + e) * e).sum(), q.error("loss.x"))
    return Bound("distance", terms, c * most.square().sum(), propagated)


def _data_of_softmax(q: Query, step: Step, c: float, more: int) -> Bound:
    """p - Y is off by gamma (B + |p - Y|) at most, its square by that times the sum of the true and
    the computed one: where p rounds to Y nothing else is left."""
    f = Residuals(q, step)
    n, most = f.n + more, f.largest(more)[1]
    off, squares = (f.B + f.r) * (f.r + most), most.square()
    M = c * ((f.n + 1) * off + more * squares).sum() / n
    propagated = None if f.certain else c * ((2 * f.gap + f.moved) * f.moved).sum()
    return Bound("softmax", n, M, propagated)


def dx(q: Query, step: Step) -> Bound:
    """2c (x - Y): a difference and its coefficients; on the softmax p_i (r_i - sum_k r_k p_k)."""
    spec = spec_of(step)
    c, more = weight(q, step, spec.gradient)
    if spec.on == "softmax":
        return _dx_of_softmax(q, step, 2 * c, q.shapes["loss.x"][1] + JACOBIAN + more)
    _, most = distances(q)
    return Bound(
        "product", WEIGHED + more, 2 * c * most, through(lambda e: 2 * c * e, q.error("loss.x"))
    )


def _dx_of_softmax(q: Query, step: Step, c: float, more: int) -> Bound:
    """Whatever the order, a sum of p_i r_i and p_i p_k r_k: each factor's own error times the
    others, and ``more`` roundings on the products."""
    f = Residuals(q, step)
    n, (p, r) = f.n + more, f.largest(more)

    def over(t: Tensor) -> Tensor:
        return t.sum(dim=1, keepdim=True)

    s = over(p * r)
    off = f.B * (r + s) + f.p * (f.B + over(f.B * (r + f.p)))
    M = c * (f.n * off + more * p * (r + s)) / n
    if f.certain:
        return Bound("softmax", n, M)
    e, s = f.moved, over(f.p * f.r)
    return Bound("softmax", n, M, c * (e * (f.r + s) + f.p * (e + over(e * (f.r + f.p)))))


RULES: Rules = {
    "squared_error.probs": loss_probs,
    "squared_error.data": data,
    "squared_error.dx": dx,
}
