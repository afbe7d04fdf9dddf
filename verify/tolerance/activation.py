"""Rounding bounds of the activations.

ULP is the accuracy asked of one library call of tanh, exp or log, in units in the last place;
one ulp is at most two roundings u.  Derivations: docs/tolerance.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import kinked
from verify.expected.step import Step, spec_of
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, through

__all__ = ["CALL", "RULES", "ULP", "A", "S", "Smooth", "activation_dz", "activation_y", "apply",
           "below", "flips", "live", "near_zero", "smooth"]  # fmt: skip
ULP = 4
CALL = 2 * ULP
"""Roundings charged for one library call: NumPy's vector code promises 4 ulp, torch's 1."""

A, S = 1.7159, 2.0 / 3.0


class Smooth(NamedTuple):
    """y: roundings in it; peak: sup |f'|; slope: roundings in f'; bend: sup |f''|."""

    y: int
    peak: float
    slope: int
    bend: float


def smooth(name: str) -> Smooth:
    """Of an activation without a kink, by its name and parameters."""
    kind, own = parts(name)
    if kind == "logistic":
        return Smooth(CALL + 2, 0.25, 2 * (CALL + 2) + 4, 1 / (6 * math.sqrt(3)))
    if kind == "tanh":
        return Smooth(CALL, 1.0, 2 * CALL + 4, 4 / (3 * math.sqrt(3)))
    a, s = own or (A, S)
    return Smooth(CALL + 4, a * s, 2 * (CALL + 4) + 8, a * s * s * 4 / (3 * math.sqrt(3)))


def activation_y(q: Query, step: Step) -> Bound:
    """Exact for relu and identity; one product below zero for leaky; a few roundings relative to
    |y| for the smooth ones, to 1 for the logistic function: 1/2 + tanh(z/2)/2 cancels."""
    z, name = step.inputs[0], spec_of(step).activation
    if kinked(step.spec):
        return _kinked_y(q, z, name)
    error = q.error(z)
    if name == "identity":
        return Bound("exact", 0, q.magnitude(z), error)
    n, slope = smooth(name)[:2]
    # never quite zero: what underflows here may still round to a normal number on either side
    y = apply(q.value(z), name).abs().clamp(min=torch.finfo(torch.float64).tiny)
    y = torch.ones_like(y) if name == "logistic" else torch.where(q.value(z) == 0, 0.0, y)
    propagated = through(lambda t: slope * t, error)
    return Bound("function", n, y if propagated is None else y + propagated, propagated)


def below(name: str) -> float:
    """The derivative of an activation with a kink below it: 0 of relu, the slope of leaky."""
    _, own = parts(name)
    return own[0] if own else 0.0


def _kinked_y(q: Query, z: str, name: str) -> Bound:
    """slope z + (1 - slope) max(z, 0), so that their bounds add up; a rounded slope and a product
    where z may be negative."""
    e, slope, P = q.error(z), below(name), None
    if e is not None:  # a unit that is off on both sides is 0 on both
        P = torch.minimum(e, (q.value(z) + e).clamp(min=0.0))
        P = slope * e + (1 - slope) * P if slope else P
    if not slope:
        return Bound("exact", 0, q.magnitude(z), P)
    negative = q.value(z) < (0.0 if e is None else e)
    return Bound("product", 2, slope * negative * q.magnitude(z), P)


def apply(z: Tensor, name: str) -> Tensor:
    """f(z), for magnitudes only."""
    kind, own = parts(name)
    if kind in ("squash", "scaled_tanh"):
        a, s = own or (A, S)
        return a * torch.tanh(s * z)
    return torch.tanh(z) if kind == "tanh" else torch.sigmoid(z)


def activation_dz(q: Query, step: Step) -> Bound:
    """relu: a mask, exact where both sides have the same one; leaky: a product where it is off.
    Smooth: f' has an absolute error relative to its largest value (1 - t^2 cancels), so
    M = |dy| max|f'|."""
    dy, z = step.inputs
    name = spec_of(step).activation
    if name == "identity":
        return Bound("exact", 0, q.magnitude(dy), q.error(dy))
    if kinked(step.spec):
        return _kinked_dz(q, dy, z, name)
    _, peak, n, bend = smooth(name)
    e_dy, e_z = q.error(dy), q.error(z)
    propagated = through(lambda t: peak * t, e_dy)
    if e_z is not None:
        bent = q.magnitude(dy) * torch.clamp(bend * e_z, max=peak)
        propagated = bent if propagated is None else propagated + bent
    return Bound("function", n, peak * q.magnitude(dy), propagated)


def _kinked_dz(q: Query, dy: str, z: str, name: str) -> Bound:
    """slope dy + (1 - slope) 1(z > 0) dy: where a mask is turned, 1 - slope of dy; a rounded slope
    and a product where it is off on one side."""
    on, slope = live(q.value(z), name).to(torch.float64), below(name)
    e_dy, flipped = q.error(dy), flips(q, z, name)
    P = None if e_dy is None else on * e_dy
    if flipped is not None:
        whole = flipped * q.magnitude(dy)
        P = whole if P is None else torch.maximum(P, whole)
    if not slope:
        return Bound("exact", 0, on * q.magnitude(dy), P)
    if P is not None:
        P = (1 - slope) * P if e_dy is None else slope * e_dy + (1 - slope) * P
    off = 1 - on if flipped is None else torch.maximum(1 - on, flipped)
    return Bound("product", 2, slope * off * q.magnitude(dy), P)


def live(z: Tensor, name: str) -> Tensor:
    """Units through which a gradient passes."""
    return z >= 0 if name == "relu_one_at_zero" else z > 0


def flips(q: Query, z: str, name: str) -> Tensor | None:
    """Units whose mask the two sides may rightly see differently: within the uncertainty of
    z from 0, and (where the subject's z is known) really seen differently."""
    near = near_zero(q, z)
    if near is None:
        return None
    seen = q.observed.get(z)
    differs = near if seen is None else near & (live(seen, name) != live(q.value(z), name))
    return differs.to(torch.float64) if bool(differs.any()) else None


def near_zero(q: Query, z: str) -> Tensor | None:
    """Units within the uncertainty of z from 0; where that is 0, both sides have the same bits."""
    e_z = q.near(z)
    return None if e_z is None else (q.value(z).abs() <= e_z) & (e_z > 0)


RULES: Rules = {
    "activation.y": activation_y,
    "activation.dz": activation_dz,
    "masked.dx": activation_dz,
}
