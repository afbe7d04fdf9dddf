"""Bounds of max pooling: exact, except where rounding may move a maximum."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lenet_ref.specs.max_pool import SHARED
from verify.expected.step import Step, spec_of
from verify.oracle.windows import back, windows
from verify.tolerance.bound import Bound
from verify.tolerance.maxima import candidates, elsewhere, shares
from verify.tolerance.origins import interchangeable
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, through
from verify.tolerance.windows import copied


def max_pool_z(q: Query, step: Step) -> Bound:
    """A maximum moves no further than its inputs."""
    spec = spec_of(step)

    def largest(t: Tensor) -> Tensor:
        return windows(t, spec).amax(dim=1).reshape(q.shapes[step.tensor])

    x = step.inputs[0]
    return Bound("exact", 0, lambda: largest(q.magnitude(x)), through(largest, q.error(x)))


def contested(q: Query, x: str, step: Step) -> Tensor | None:
    """(rows, window): the candidates of the windows in which the maximum may stand elsewhere on
    the other side, with a difference to what is asked.  None where there is no such window."""
    return q.once(f"{x} contested", lambda: _contested(q, x, step))


def _contested(q: Query, x: str, step: Step) -> Tensor | None:
    found = candidates(q, x, step)
    if found is None:
        return None
    seen = q.observed.get(x)
    if seen is not None:
        found = found & elsewhere(q, x, step, seen)
    if not bool(found.any()):
        return None
    alike = interchangeable(q, x, step, found)
    if spec_of(step).ties not in SHARED and bool(alike.any()):
        q.moved.add(step.layer)
    if q.sums:
        found = found & ~alike
    return found.to(torch.float64) if bool(found.any()) else None


def max_pool_argmax(q: Query, step: Step) -> Bound:
    """Exact, except in contested windows, where any position may be named."""
    shape = q.shapes[step.tensor]
    either = contested(q, step.inputs[0], step)
    size = math.prod(spec_of(step).window)
    M = torch.ones(shape, dtype=torch.float64)
    propagated = None if either is None else either.amax(dim=1).reshape(shape) * size
    return Bound("exact", 0, M, propagated)


def max_pool_da(q: Query, step: Step) -> Bound:
    """dz at the argmax, exact; in contested windows the whole of dz may sit elsewhere.  Divided
    among maxima it is a quotient, or a rounded 1/n and a product."""
    dz = step.inputs[1]
    here, propagated = q.once(f"{step.layer} da", lambda: _window_gradient(q, step))
    rule, n = ("repeat", 2) if spec_of(step).ties == "divided" else ("exact", 0)
    return Bound(rule, n, lambda: here * q.magnitude(dz).reshape(-1, 1), propagated)


def _window_gradient(q: Query, step: Step) -> tuple[Tensor, Tensor | None]:
    """(rows, window): 1 at the maximum, or its share, and P."""
    x, dz = step.inputs
    here = shares(q, x, step)
    e_dz, either = q.error(dz), contested(q, x, step)
    propagated = None if e_dz is None else here * e_dz.reshape(-1, 1)
    if either is not None:
        whole = either * q.magnitude(dz).reshape(-1, 1)
        propagated = whole if propagated is None else _either(propagated, whole, step)
    return here, propagated


def _either(here: Tensor, elsewhere: Tensor, step: Step) -> Tensor:
    """A share may be another one, and of another dz; a whole one is there or is not."""
    if spec_of(step).ties == "divided":
        return here + elsewhere
    return torch.maximum(here, elsewhere)


def max_pool_dx(q: Query, step: Step) -> Bound:
    """The windows of da, put back; where windows overlap, a sum with a rounding for each window
    but one that an element stands in, exact where at most one of them gives it anything."""
    da, spec = max_pool_da(q, step), spec_of(step)

    def volume(t: Tensor) -> Tensor:
        return back(t, spec, q.shapes[step.tensor])

    P = through(volume, da.propagated)
    if spec.cover == 1:
        return Bound(da.rule, da.roundings, lambda: volume(da.magnitude), P)
    given = da.magnitude if da.propagated is None else da.magnitude + da.propagated
    M = volume(given)
    if not da.roundings:
        M = torch.where(volume(given.sign()) > 1, M, 0.0)
    return Bound("sum", da.roundings + spec.cover - 1, M, P)


RULES: Rules = {
    "max_pool.a": copied,
    "max_pool.argmax": max_pool_argmax,
    "max_pool.z": max_pool_z,
    "max_pool.da": max_pool_da,
    "max_pool.dx": max_pool_dx,
}
