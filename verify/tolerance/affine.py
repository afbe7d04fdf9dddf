"""Rounding bounds of fully connected layers."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from verify.expected.step import Step
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, bias_gradient, biased, bilinear, summed, through


def affine_z(q: Query, step: Step) -> Bound:
    """gamma_{D+1} on |x||W|^T + |b|, without a bias gamma_D; exact where every product is zero."""
    x, W, *b = step.inputs
    weights = q.magnitude(W)

    def product(t: Tensor) -> Tensor:
        return F.linear(t, weights)

    M = biased(product(q.magnitude(x)), q.magnitude(b[0]) if b else None)
    return Bound("product", weights.shape[1] + len(b), M, through(product, q.error(x)))


def affine_dx(q: Query, step: Step) -> Bound:
    """gamma_K on |dz||W|."""
    dz, W = step.inputs
    weights = q.magnitude(W)

    def product(t: Tensor) -> Tensor:
        return t @ weights

    return Bound("product", len(weights), product(q.magnitude(dz)), through(product, q.error(dz)))


def affine_dW(q: Query, step: Step) -> Bound:
    """gamma_{N+3} on |dz|^T|x| + reg|W|."""
    x, dz, W = step.inputs

    def product(left: Tensor, right: Tensor) -> Tensor:
        return right.T @ left

    M = product(q.magnitude(x), q.magnitude(dz)) + q.reg * q.magnitude(W)
    return summed(q, len(q.magnitude(x)), M, bilinear(q, product, x, dz))


RULES: Rules = {
    "affine.z": affine_z,
    "affine.dx": affine_dx,
    "affine.dW": affine_dW,
    "affine.db": bias_gradient,
}
