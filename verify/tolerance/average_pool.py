"""Rounding bounds of average pooling.  docs/tolerance.md, 4.3."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional as F

from verify.expected.step import Step, spec_of
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, through
from verify.tolerance.windows import copied, repeated, spread


def average_pool_z(q: Query, step: Step) -> Bound:
    """kh kw - 1 additions and a quotient, or a rounded 1/(kh kw) and a product: gamma_{kh kw + 1}
    on the mean modulus."""
    spec, x = spec_of(step), step.inputs[0]

    def mean(t: Tensor) -> Tensor:
        return F.avg_pool2d(t, spec.window, spec.step)

    n = math.prod(spec.window) + 1
    return Bound("sum", n, mean(q.magnitude(x)), through(mean, q.error(x)))


def average_pool_dx(q: Query, step: Step) -> Bound:
    """dz / (kh kw) in every element: a quotient, or a rounded 1/(kh kw) and a product; one addition
    more for each further window that an element stands in."""
    spec, dz = spec_of(step), step.inputs[0]
    size = math.prod(spec.window)

    def shared(t: Tensor) -> Tensor:
        return spread(t, spec, q.shapes[step.tensor]) / size

    rule = "repeat" if spec.cover == 1 else "sum"
    P = through(shared, q.error(dz))
    return Bound(rule, spec.cover + 1, shared(q.magnitude(dz)), P)


def average_pool_da(q: Query, step: Step) -> Bound:
    """The same of one window."""
    dz, size = step.inputs[0], math.prod(spec_of(step).window)

    def shared(t: Tensor) -> Tensor:
        return repeated(t, size) / size

    return Bound("repeat", 2, shared(q.magnitude(dz)), through(shared, q.error(dz)))


RULES: Rules = {
    "average_pool.a": copied,
    "average_pool.z": average_pool_z,
    "average_pool.da": average_pool_da,
    "average_pool.dx": average_pool_dx,
}
