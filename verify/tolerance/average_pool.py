"""Rounding bounds of average pooling.  docs/tolerance.md, 4.3."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional as F

from verify.expected.step import Step, spec_of
from verify.oracle.windows import windows
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, through
from verify.tolerance.windows import copied


def average_pool_z(q: Query, step: Step) -> Bound:
    """kh kw - 1 additions and a quotient, or a rounded 1/(kh kw) and a product: gamma_{kh kw + 1}
    on the mean modulus."""
    spec, x = spec_of(step), step.inputs[0]

    def mean(t: Tensor) -> Tensor:
        return F.avg_pool2d(t, spec.window)

    n = math.prod(spec.window) + 1
    return Bound("sum", n, mean(q.magnitude(x)), through(mean, q.error(x)))


def average_pool_dx(q: Query, step: Step) -> Bound:
    """dz / (kh kw) in every element: a quotient, or a rounded 1/(kh kw) and a product."""
    kh, kw = spec_of(step).window
    dz = step.inputs[0]

    def shared(t: Tensor) -> Tensor:
        return t.repeat_interleave(kh, 2).repeat_interleave(kw, 3) / (kh * kw)

    return Bound("repeat", 2, shared(q.magnitude(dz)), through(shared, q.error(dz)))


def average_pool_da(q: Query, step: Step) -> Bound:
    """The windows of dx."""
    spec, dx = spec_of(step), average_pool_dx(q, step)
    propagated = through(lambda t: windows(t, spec), dx.propagated)
    return Bound(dx.rule, dx.roundings, windows(dx.magnitude, spec), propagated)


RULES: Rules = {
    "average_pool.a": copied,
    "average_pool.z": average_pool_z,
    "average_pool.da": average_pool_da,
    "average_pool.dx": average_pool_dx,
}
