"""Rounding bounds of trainable subsampling."""

from __future__ import annotations

import math

from torch import Tensor

from lenet_ref.specs.subsampling import Subsampling
from verify.expected.step import Step, spec_of
from verify.oracle import subsampling
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, bias_gradient, bilinear, through
from verify.tolerance.windows import copied, repeated, spread


def subsampling_s(q: Query, step: Step) -> Bound:
    """kh kw - 1 additions; the average also rounds 1/(kh kw) and multiplies."""
    spec = spec_of(step)

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


def _share(spec: Subsampling) -> tuple[float, int]:
    """Of ds that each element gets, and how often that rounds: 1/(kh kw) is a constant, and there
    is a product."""
    return (1.0, 0) if spec.reading == "sum" else (1.0 / math.prod(spec.window), 2)


def subsampling_dx(q: Query, step: Step) -> Bound:
    """ds repeated; the average rounds 1/(kh kw) and multiplies.  One addition more for each further
    window that an element stands in."""
    spec, ds = spec_of(step), step.inputs[0]
    share, n = _share(spec)

    def volume(t: Tensor) -> Tensor:
        return share * spread(t, spec, q.shapes[step.tensor])

    rule = "repeat" if spec.cover == 1 else "sum"
    P = through(volume, q.error(ds))
    return Bound(rule, n + spec.cover - 1, volume(q.magnitude(ds)), P)


def subsampling_da(q: Query, step: Step) -> Bound:
    """The same of one window."""
    spec, ds = spec_of(step), step.inputs[0]
    share, n = _share(spec)

    def rows(t: Tensor) -> Tensor:
        return share * repeated(t, math.prod(spec.window))

    return Bound("repeat", n, rows(q.magnitude(ds)), through(rows, q.error(ds)))


def subsampling_dW(q: Query, step: Step) -> Bound:
    """n products summed: gamma_n on the sum of |dz s|."""
    s, dz = step.inputs

    def product(left: Tensor, right: Tensor) -> Tensor:
        return (left * right).sum(dim=(0, 2, 3))

    M = product(q.magnitude(s), q.magnitude(dz))
    n = q.magnitude(dz)[:, 0].numel()
    return Bound("product", n, M, bilinear(q, product, s, dz), n - 1)


RULES: Rules = {
    "subsampling.a": copied,
    "subsampling.s": subsampling_s,
    "subsampling.z": subsampling_z,
    "subsampling.ds": subsampling_ds,
    "subsampling.da": subsampling_da,
    "subsampling.dx": subsampling_dx,
    "subsampling.dW": subsampling_dW,
    "subsampling.db": bias_gradient,
}
