"""Rounding bounds of softmax, log-sum-exp and the losses.  Derivations: docs/tolerance.md."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from verify.oracle import loss as losses
from verify.steps import Step
from verify.tolerance.activations import CALL
from verify.tolerance.bound import Bound
from verify.tolerance.linear import through
from verify.tolerance.query import Query


class Softmax:
    """Quantities every softmax-like bound is made of, on logits v (N, K).

    p: probabilities; d = max - v >= 0; spread = sum p d; log_sum = log sum exp(v - max);
    error: uncertainty of v per row, or None.
    """

    def __init__(self, q: Query, step: Step) -> None:
        spec = _spec(step)
        x = q.value("loss.x")
        v = losses.with_rubbish(x, spec.j) if spec.kind == "map" else x
        self.k = v.shape[1]
        # never quite zero: a probability that underflows may still round to a normal number
        self.p = torch.softmax(v, dim=1).clamp(min=torch.finfo(torch.float64).tiny)
        self.d = v.amax(dim=1, keepdim=True) - v
        self.spread = (self.p * self.d).sum(dim=1, keepdim=True)
        self.log_sum = torch.logsumexp(-self.d, dim=1, keepdim=True)
        e = q.error("loss.x")
        self.error = None if e is None else e.amax(dim=1, keepdim=True)
        self.roundings = 6 * CALL + self.k + 4

    def classes(self, t: Tensor, like: Tensor) -> Tensor:
        """Without the rubbish class."""
        return t[:, : like.shape[1]]

    def moved(self, p: Tensor) -> Tensor | None:
        """|change of p| when every logit moves by at most e: p (exp(2e) - 1), at most 1."""
        if self.error is None:
            return None
        return torch.clamp(p * torch.expm1(2 * self.error), max=1.0)


def loss_probs(q: Query, step: Step) -> Bound:
    """p (1 + d + sum p d): the exponent's rounding is relative to its own size."""
    s = Softmax(q, step)
    p = s.classes(s.p, q.value("loss.x"))
    M = p * (1 + s.classes(s.d, p) + s.spread + s.log_sum)
    return Bound("softmax", s.roundings, M, s.moved(p))


def loss_data(q: Query, step: Step) -> Bound:
    """Mean over n patterns of log sum exp - x[label]."""
    s = Softmax(q, step)
    x = q.magnitude("loss.x")
    chosen = s.d.gather(1, q.labels[:, None])
    scale = x.amax(dim=1, keepdim=True) if _spec(step).kind == "map" else chosen
    rubbish = abs(_spec(step).j) if _spec(step).kind == "map" else 0.0
    per_pattern = 1 + chosen + scale + rubbish + s.spread + 2 * s.log_sum
    propagated = None if s.error is None else (2 * s.error).mean()
    return Bound("log-sum-exp", s.roundings + len(x), per_pattern.mean(), propagated)


def loss_dx(q: Query, step: Step) -> Bound:
    """(p - Y) / n: the bound of p, one subtraction, one division."""
    s = Softmax(q, step)
    n = len(q.value("loss.x"))
    p = s.classes(s.p, q.value("loss.x"))
    probs = p * (1 + s.classes(s.d, p) + s.spread + s.log_sum)
    Y = torch.nn.functional.one_hot(q.labels, p.shape[1]).to(torch.float64)
    moved = s.moved(p)
    propagated = None if moved is None else moved / n
    return Bound("softmax", s.roundings + 3, (probs + (p - Y).abs()) / n, propagated)


def mle_data(q: Query, step: Step) -> Bound:
    """A mean of n numbers: gamma_n on the mean modulus."""

    def mean(t: Tensor) -> Tensor:
        return t.gather(1, q.labels[:, None]).mean()

    n = len(q.value("loss.x"))
    return Bound("sum", n, mean(q.magnitude("loss.x")), through(mean, q.error("loss.x")))


def mle_dx(q: Query, step: Step) -> Bound:
    """Y / n: one division, or a rounded 1/n times 1."""
    x = q.value("loss.x")
    Y = torch.nn.functional.one_hot(q.labels, x.shape[1]).to(torch.float64)
    return Bound("sum", 2, Y / len(x))


def _spec(step: Step) -> Any:
    return step.spec
