"""Rounding bounds of convolutions."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F
from torch.nn import grad as transposed

from verify.expected.step import Step, spec_of
from verify.oracle import convolution
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, bias_gradient, biased, bilinear, moved, through


def convolution_a(q: Query, step: Step) -> Bound:
    """im2col copies."""
    return moved(q, step, lambda t: convolution.matrix_form(t, spec_of(step)))


def convolution_z(q: Query, step: Step) -> Bound:
    """K products and a bias: gamma_{K+1} on |a||W| + |b|; exact where every product is zero."""
    x, W, b = step.inputs
    spec = spec_of(step)
    weights = convolution.live(q.magnitude(W), spec)

    def product(t: Tensor) -> Tensor:
        return F.conv2d(t, weights, stride=spec.stride)

    M = biased(product(q.magnitude(x)), q.magnitude(b)[:, None, None])
    return Bound("product", weights[0].numel() + 1, M, through(product, q.error(x)))


def convolution_da(q: Query, step: Step) -> Bound:
    """K_out products per element: gamma_{K_out} on |dz||W|^T."""
    dz, W = step.inputs
    weights = convolution.live(q.magnitude(W), spec_of(step)).flatten(1)

    def product(t: Tensor) -> Tensor:
        return convolution.rows(t) @ weights

    return Bound("product", len(weights), product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dx(q: Query, step: Step) -> Bound:
    """At most K_out kh kw products reach one pixel."""
    dz, W = step.inputs
    spec = spec_of(step)
    weights = convolution.live(q.magnitude(W), spec)

    def product(t: Tensor) -> Tensor:
        return transposed.conv2d_input(q.shapes[step.tensor], weights, t, stride=spec.stride)  # type: ignore[no-untyped-call]

    n = weights[:, 0].numel()
    return Bound("product", n, product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dW(q: Query, step: Step) -> Bound:
    """One product per row, then the regulariser: gamma_{rows+3} on |a|^T|dz| + reg|W|."""
    x, dz, W = step.inputs
    spec, shape = spec_of(step), q.shapes[step.tensor]

    def product(left: Tensor, right: Tensor) -> Tensor:
        dW = transposed.conv2d_weight(left, shape, right, stride=spec.stride)  # type: ignore[no-untyped-call]
        return convolution.live(dW, spec)

    rows = q.magnitude(dz)[:, 0].numel()
    M = product(q.magnitude(x), q.magnitude(dz)) + q.reg * q.magnitude(W)
    return Bound("product", rows + q.decay_roundings, M, bilinear(q, product, x, dz))


RULES: Rules = {
    "convolution.a": convolution_a,
    "convolution.z": convolution_z,
    "convolution.da": convolution_da,
    "convolution.dx": convolution_dx,
    "convolution.dW": convolution_dW,
    "convolution.db": bias_gradient,
}
