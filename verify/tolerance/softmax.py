"""Rounding bounds of softmax and log-sum-exp, which most losses are made of.

Derivations: docs/tolerance.md."""

from __future__ import annotations

import torch
from torch import Tensor

from lenet_ref.specs.loss import Loss
from verify.expected.step import Step, spec_of
from verify.oracle.map import with_rubbish
from verify.tolerance.activation import CALL
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import patterns

LEVEL_ROUNDINGS = 4
"""Roundings that act on the level of the exponents: of j, of -y, of log sum exp, of their sum."""
OF_DISTANCES = ("map", "distance_softmax")
"""Losses whose exponents are minus the distances, which may be summed as they stand."""
MIXED = 6
"""Roundings of a smoothed target and of its product: of 1 - s, s, s / K, two products, a sum."""


def logits(x: Tensor, spec: Loss) -> Tensor:
    """What the exponentials are taken of."""
    if spec.kind == "map":
        return with_rubbish(x, spec.j)
    return -x if spec.kind == "distance_softmax" else x


def smoothed(Y: Tensor, spec: Loss) -> Tensor:
    """The targets: Y, or its mixture with equal parts of all classes."""
    s = spec.smoothing
    return (1 - s) * Y + s / Y.shape[1] if s else Y


def one_hot(q: Query) -> Tensor:
    """Y, (N, K), in float64."""
    k = q.value("loss.x").shape[1]
    return torch.nn.functional.one_hot(q.labels, k).to(torch.float64)


class Softmax:
    """Quantities every softmax-like bound is made of, on logits v (N, K), no smaller on either
    side when each logit is uncertain by at most e.

    p: probabilities; d = max - v >= 0; spread = sum p d; log_sum = log sum exp(v - max);
    level: what an implementation may add to an exponent and take away again: under eq. 9
    exp(v - log sum exp v) rounds |max v|, and j itself is rounded.
    """

    def __init__(self, q: Query, step: Step) -> None:
        spec = spec_of(step)
        x = q.value("loss.x")
        v = logits(x, spec)
        top = v.amax(dim=1, keepdim=True)
        uncertainty = q.error("loss.x")
        self.error = None if uncertainty is None else uncertainty.amax(dim=1, keepdim=True)
        e = torch.zeros_like(top) if self.error is None else self.error
        grown = torch.exp((2 * e).clamp(max=700.0))
        # never quite zero: a probability that underflows may still round to a normal number
        self.centre = torch.softmax(v, dim=1).clamp(min=torch.finfo(torch.float64).tiny)
        self.p = (self.centre * grown).clamp(max=1.0)
        self.d = top - v + 2 * e
        self.spread = torch.minimum(
            (self.p * self.d).sum(dim=1, keepdim=True), self.d.amax(1, True)
        )
        self.log_sum = torch.logsumexp(v - top, dim=1, keepdim=True) + 2 * e
        self.roundings = 6 * CALL + v.shape[1] + 4
        j = abs(spec.j) if spec.kind == "map" else 0.0
        level = top.abs() + e + j if spec.kind in OF_DISTANCES else torch.zeros_like(top)
        self.level = level * LEVEL_ROUNDINGS / self.roundings

    def probabilities(self, like: Tensor) -> Tensor:
        """M of p, without the rubbish class: p times the size of everything in its exponent."""
        k = like.shape[1]
        exponent = 1 + self.d[:, :k] + self.spread + self.log_sum + self.level
        return self.p[:, :k] * exponent

    def moved(self, like: Tensor) -> Tensor | None:
        """|change of p| when every logit moves by at most e: p (exp(2e) - 1), at most 1."""
        if self.error is None:
            return None
        change = torch.expm1((2 * self.error).clamp(max=700.0))
        return torch.clamp(self.centre[:, : like.shape[1]] * change, max=1.0)


def loss_probs(q: Query, step: Step) -> Bound:
    """p (1 + d + sum p d + ...): the exponent's rounding is relative to its own size."""
    s, x = Softmax(q, step), q.value("loss.x")
    return Bound("softmax", s.roundings, s.probabilities(x), s.moved(x))


def loss_data(q: Query, step: Step) -> Bound:
    """Mean over n patterns of log sum exp - x[label], or - sum_k T_k x_k for smoothed targets."""
    s, spec = Softmax(q, step), spec_of(step)
    chosen = s.d.gather(1, q.labels[:, None])
    n = s.roundings + len(chosen)
    of_distances = spec.kind in OF_DISTANCES
    summed = q.magnitude("loss.x").gather(1, q.labels[:, None]) if of_distances else chosen
    if spec.smoothing:
        chosen = summed = (smoothed(one_hot(q), spec) * s.d).sum(dim=1, keepdim=True)
    # eq. 9 may be summed as it stands: the distances and the penalties each over the batch
    separately = (2 * summed + s.level) * (len(chosen) + LEVEL_ROUNDINGS) / n
    per_pattern = 1 + chosen + s.level + s.spread + 2 * s.log_sum + separately
    if spec.smoothing:
        per_pattern = per_pattern + (s.log_sum + chosen) * (s.d.numel() + MIXED) / n
    total = patterns(spec.reduction, len(chosen))
    propagated = None if s.error is None else (2 * s.error).mean() * total
    return Bound("log-sum-exp", n + (total > 1), per_pattern.mean() * total, propagated)


def loss_dx(q: Query, step: Step) -> Bound:
    """(p - T) / n: the bound of p, one subtraction, one division; the roundings of smoothed targets
    and of their sum."""
    s, x, spec = Softmax(q, step), q.value("loss.x"), spec_of(step)
    n, k = x.shape
    T = smoothed(one_hot(q), spec)
    difference = torch.maximum(s.p[:, :k], (s.centre[:, :k] - T).abs())
    moved = s.moved(x)
    total = patterns(spec.gradient, n)
    propagated = None if moved is None else moved * (total / n)
    roundings = s.roundings + 3 + (total > 1)
    M = s.probabilities(x) + difference
    if spec.smoothing:
        M = M + ((k + MIXED) * s.p + MIXED * T) / roundings
    return Bound("softmax", roundings, M * (total / n), propagated)
