"""Rounding bounds of gathers, sums and products.  One small rule per operation.

For every rule q.magnitude(name) is |value| + error, q.error(name) the uncertainty of an input
or None when both sides have the same one.  Derivations: docs/tolerance.md, section "Sums".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn import grad as transposed

from verify.expected.steps import Step
from verify.oracle import convolution, max_pool, subsampling
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query


def through(operation: Callable[[Tensor], Tensor], error: Tensor | None) -> Tensor | None:
    """An input's uncertainty through a linear operation with non-negative coefficients."""
    return None if error is None else operation(error)


def moved(q: Query, step: Step, operation: Callable[[Tensor], Tensor]) -> Bound:
    """Data movement: no rounding at all."""
    name = step.inputs[0]
    return Bound(
        "exact", 0, lambda: operation(q.magnitude(name)), through(operation, q.error(name))
    )


def link(q: Query, step: Step) -> Bound:
    """Reshaped, otherwise the same bits."""
    return moved(q, step, lambda t: t.reshape(q.shapes[step.tensor]))


def convolution_a(q: Query, step: Step) -> Bound:
    """im2col copies."""
    return moved(q, step, lambda t: convolution.matrix_form(t, _spec(step)))


def windows(q: Query, step: Step) -> Bound:
    """Pooling windows are copies."""
    return moved(q, step, lambda t: max_pool.windows(t, _spec(step)))


def convolution_z(q: Query, step: Step) -> Bound:
    """K products and a bias: gamma_{K+1} on |a||W| + |b|; exact where every product is zero."""
    x, W, b = step.inputs
    spec = _spec(step)
    weights = convolution.live(q.magnitude(W), spec)

    def product(t: Tensor) -> Tensor:
        return F.conv2d(t, weights, stride=spec.stride)

    M = biased(product(q.magnitude(x)), q.magnitude(b)[:, None, None])
    return Bound("product", weights[0].numel() + 1, M, through(product, q.error(x)))


def biased(products: Tensor, bias: Tensor) -> Tensor:
    """M of a sum of products and a bias: a sum whose products are all zero is the bias itself, in
    any order.  So is z on the background of an image, on both sides, bit for bit."""
    return products + bias * products.sign()


def convolution_da(q: Query, step: Step) -> Bound:
    """K_out products per element: gamma_{K_out} on |dz||W|^T."""
    dz, W = step.inputs
    weights = convolution.live(q.magnitude(W), _spec(step)).flatten(1)

    def product(t: Tensor) -> Tensor:
        return convolution.rows(t) @ weights

    return Bound("product", len(weights), product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dx(q: Query, step: Step) -> Bound:
    """At most K_out kh kw products reach one pixel."""
    dz, W = step.inputs
    spec = _spec(step)
    weights = convolution.live(q.magnitude(W), spec)

    def product(t: Tensor) -> Tensor:
        return transposed.conv2d_input(q.shapes[step.tensor], weights, t, stride=spec.stride)  # type: ignore[no-untyped-call]

    n = weights[:, 0].numel()
    return Bound("product", n, product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dW(q: Query, step: Step) -> Bound:
    """One product per row, then the regulariser: gamma_{rows+3} on |a|^T|dz| + reg|W|."""
    x, dz, W = step.inputs
    spec, shape = _spec(step), q.shapes[step.tensor]

    def product(left: Tensor, right: Tensor) -> Tensor:
        dW = transposed.conv2d_weight(left, shape, right, stride=spec.stride)  # type: ignore[no-untyped-call]
        return convolution.live(dW, spec)

    rows = q.magnitude(dz)[:, 0].numel()
    M = product(q.magnitude(x), q.magnitude(dz)) + q.reg * q.magnitude(W)
    return Bound("product", rows + q.decay_roundings, M, _bilinear(q, product, x, dz))


def _bilinear(
    q: Query, product: Callable[[Tensor, Tensor], Tensor], left: str, right: str
) -> Tensor | None:
    """e_l |r| + |l| e_r + e_l e_r, the last inside the magnitudes."""
    e_left, e_right = q.error(left), q.error(right)
    total = None if e_left is None else product(e_left, q.magnitude(right))
    if e_right is None:
        return total
    other = product(q.value(left).abs(), e_right)
    return other if total is None else total + other


def bias_gradient(q: Query, step: Step) -> Bound:
    """A sum of n terms: gamma_{n-1} on the sum of moduli; over all but the map axis."""
    dz = step.inputs[0]

    def total(t: Tensor) -> Tensor:
        return t.movedim(1, 0).flatten(1).sum(dim=1)

    n = q.magnitude(dz)[:, 0].numel()
    return Bound("sum", max(n - 1, 1), total(q.magnitude(dz)), through(total, q.error(dz)))


def affine_z(q: Query, step: Step) -> Bound:
    """gamma_{D+1} on |x||W|^T + |b|; exact where every product is zero."""
    x, W, b = step.inputs
    weights = q.magnitude(W)

    def product(t: Tensor) -> Tensor:
        return F.linear(t, weights)

    M = biased(product(q.magnitude(x)), q.magnitude(b))
    return Bound("product", weights.shape[1] + 1, M, through(product, q.error(x)))


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
    n = len(q.magnitude(x)) + q.decay_roundings
    return Bound("product", n, M, _bilinear(q, product, x, dz))


def subsampling_s(q: Query, step: Step) -> Bound:
    """kh kw - 1 additions; the average also rounds 1/(kh kw) and multiplies."""
    spec = _spec(step)

    def total(t: Tensor) -> Tensor:
        return subsampling.window_sum(t, spec)

    n = math.prod(spec.window) + (-1 if spec.reading == "sum" else 1)
    return Bound(
        "sum", n, total(q.magnitude(step.inputs[0])), through(total, q.error(step.inputs[0]))
    )


def subsampling_z(q: Query, step: Step) -> Bound:
    """One product, one addition: gamma_2 on |W s| + |b|."""
    s, W, b = (q.magnitude(name) for name in step.inputs)
    weights = W[:, None, None]
    propagated = through(lambda t: weights * t, q.error(step.inputs[0]))
    return Bound("product", 2, weights * s + b[:, None, None], propagated)


def subsampling_ds(q: Query, step: Step) -> Bound:
    """One product."""
    dz, W = step.inputs
    weights = q.magnitude(W)[:, None, None]
    propagated = through(lambda t: weights * t, q.error(dz))
    return Bound("product", 1, weights * q.magnitude(dz), propagated)


def subsampling_dx(q: Query, step: Step) -> Bound:
    """ds repeated; the average rounds 1/(kh kw) and multiplies."""
    spec = _spec(step)
    kh, kw = spec.window
    share = 1.0 if spec.reading == "sum" else 1.0 / (kh * kw)

    def repeated(t: Tensor) -> Tensor:
        return share * t.repeat_interleave(kh, 2).repeat_interleave(kw, 3)

    ds = step.inputs[0]
    return Bound(
        "repeat",
        2 * (spec.reading != "sum"),
        repeated(q.magnitude(ds)),
        through(repeated, q.error(ds)),
    )


def subsampling_da(q: Query, step: Step) -> Bound:
    """The windows of dx."""
    dx = subsampling_dx(q, step)
    M = max_pool.windows(dx.magnitude, _spec(step))
    propagated = through(lambda t: max_pool.windows(t, _spec(step)), dx.propagated)
    return Bound(dx.rule, dx.roundings, M, propagated)


def subsampling_dW(q: Query, step: Step) -> Bound:
    """n products summed: gamma_n on the sum of |dz s|."""
    s, dz = step.inputs

    def product(left: Tensor, right: Tensor) -> Tensor:
        return (left * right).sum(dim=(0, 2, 3))

    M = product(q.magnitude(s), q.magnitude(dz))
    return Bound("product", q.magnitude(dz)[:, 0].numel(), M, _bilinear(q, product, s, dz))


def regulariser(q: Query, step: Step) -> Bound:
    """Sum of n squares times reg/2: gamma_{n+2} on the value."""
    weights = [q.magnitude(name) for name in step.inputs]
    M = torch.stack([W.square().sum() for W in weights]).sum() * (q.reg / 2)
    return Bound("sum", sum(W.numel() for W in weights) + 2, M)


def total(q: Query, step: Step) -> Bound:
    """One addition."""
    data, reg = step.inputs
    error = q.error(data)
    other = q.error(reg)
    both = error if other is None else other if error is None else error + other
    return Bound("sum", 1, q.magnitude(data) + q.magnitude(reg), both)


def _spec(step: Step) -> Any:
    return step.spec
