"""Rounding bounds of convolutions."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F
from torch.nn import grad as transposed

from verify.expected.step import Step, spec_of
from verify.oracle import convolution
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, bias_gradient, biased, bilinear, moved, summed, through


def convolution_a(q: Query, step: Step) -> Bound:
    """im2col copies."""
    return moved(q, step, lambda t: convolution.matrix_form(t, spec_of(step)))


def _filters(q: Query, step: Step) -> Tensor:
    """|W| as it meets a field, for z, da and dx."""
    spec = spec_of(step)
    return convolution.turned(convolution.live(q.magnitude(step.inputs[1]), spec), spec)


def convolution_z(q: Query, step: Step) -> Bound:
    """K products and a bias: gamma_{K+1} on |a||W| + |b|, without a bias gamma_K; exact where every
    product is zero."""
    x, _, *b = step.inputs
    spec, weights = spec_of(step), _filters(q, step)

    def product(t: Tensor) -> Tensor:
        return F.conv2d(t, weights, stride=spec.stride, padding=spec.padding)

    M = biased(product(q.magnitude(x)), q.magnitude(b[0])[:, None, None] if b else None)
    return Bound("product", weights[0].numel() + len(b), M, through(product, q.error(x)))


def convolution_da(q: Query, step: Step) -> Bound:
    """K_out products per element: gamma_{K_out} on |dz||W|^T."""
    dz, weights = step.inputs[0], _filters(q, step).flatten(1)

    def product(t: Tensor) -> Tensor:
        return convolution.rows(t) @ weights

    return Bound("product", len(weights), product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dx(q: Query, step: Step) -> Bound:
    """At most K_out kh kw products reach one pixel."""
    dz, spec, weights = step.inputs[0], spec_of(step), _filters(q, step)

    def product(t: Tensor) -> Tensor:
        return transposed.conv2d_input(  # type: ignore[no-untyped-call]
            q.shapes[step.tensor], weights, t, spec.stride, spec.padding
        )

    n = weights[:, 0].numel()
    return Bound("product", n, product(q.magnitude(dz)), through(product, q.error(dz)))


def convolution_dW(q: Query, step: Step) -> Bound:
    """One product per row, then the regulariser: gamma_{rows+3} on |a|^T|dz| + reg|W|."""
    x, dz, W = step.inputs
    spec, shape = spec_of(step), q.shapes[step.tensor]

    def product(left: Tensor, right: Tensor) -> Tensor:
        dW = transposed.conv2d_weight(left, shape, right, spec.stride, spec.padding)  # type: ignore[no-untyped-call]
        return convolution.live(convolution.turned(dW, spec), spec)

    rows = q.magnitude(dz)[:, 0].numel()
    M = product(q.magnitude(x), q.magnitude(dz)) + q.reg * q.magnitude(W)
    return summed(q, rows, M, bilinear(q, product, x, dz))


RULES: Rules = {
    "convolution.a": convolution_a,
    "convolution.z": convolution_z,
    "convolution.da": convolution_da,
    "convolution.dx": convolution_dx,
    "convolution.dW": convolution_dW,
    "convolution.db": bias_gradient,
}
