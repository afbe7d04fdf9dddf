"""Rounding bounds of the activations.

ULP is the accuracy asked of one library call of tanh, exp or log, in units in the last place;
one ulp is at most two roundings u.  Derivations: docs/tolerance.md.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lenet_ref.specs.layer import rectified
from verify.expected.step import Step, spec_of
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, through

__all__ = ["CALL", "CURVATURE", "RULES", "ULP", "A", "S", "activation_dz", "activation_y", "apply",
           "flips", "live", "near_zero"]  # fmt: skip
ULP = 4
CALL = 2 * ULP
"""Roundings charged for one library call: NumPy's vector code promises 4 ulp, torch's 1."""

A, S = 1.7159, 2.0 / 3.0
# roundings in y, scale of |y|, Lipschitz constant, roundings in f', bound of |f'|
_SMOOTH = {
    "squash": (CALL + 4, A * S, 2 * (CALL + 4) + 8, A * S),
    "tanh": (CALL, 1.0, 2 * CALL + 4, 1.0),
    "logistic": (CALL + 2, 0.25, 2 * (CALL + 2) + 4, 0.25),
}
# sup |f''|, the Lipschitz constant of f'
CURVATURE = {
    "squash": A * S * S * 4 / (3 * math.sqrt(3)),
    "tanh": 4 / (3 * math.sqrt(3)),
    "logistic": 1 / (6 * math.sqrt(3)),
}


def activation_y(q: Query, step: Step) -> Bound:
    """Exact for relu and identity; a few roundings relative to |y| for the smooth ones."""
    z, name = step.inputs[0], spec_of(step).activation
    error = q.error(z)
    if rectified(step.spec) and error is not None:  # a unit that is off on both sides is 0 on both
        error = torch.minimum(error, (q.value(z) + error).clamp(min=0.0))
    if rectified(step.spec) or name == "identity":
        return Bound("exact", 0, q.magnitude(z), error)
    n, slope, _, _ = _SMOOTH[name]
    # never quite zero: what underflows here may still round to a normal number on either side
    y = apply(q.value(z), name).abs().clamp(min=torch.finfo(torch.float64).tiny)
    y = torch.where(q.value(z) == 0, y * (name == "logistic"), y)
    propagated = through(lambda t: slope * t, error)
    return Bound("function", n, y if propagated is None else y + propagated, propagated)


def apply(z: Tensor, name: str) -> Tensor:
    """f(z), for magnitudes only."""
    if name == "squash":
        return A * torch.tanh(S * z)
    return torch.tanh(z) if name == "tanh" else torch.sigmoid(z)


def activation_dz(q: Query, step: Step) -> Bound:
    """relu: a mask, exact where both sides have the same one.  Smooth: f' has an absolute
    error relative to its largest value (1 - t^2 cancels), so M = |dy| max|f'|."""
    dy, z = step.inputs
    name = spec_of(step).activation
    if name == "identity":
        return Bound("exact", 0, q.magnitude(dy), q.error(dy))
    if rectified(step.spec):
        return _relu_dz(q, dy, z, name)
    _, _, n, peak = _SMOOTH[name]
    e_dy, e_z = q.error(dy), q.error(z)
    propagated = through(lambda t: peak * t, e_dy)
    if e_z is not None:
        bend = q.magnitude(dy) * torch.clamp(CURVATURE[name] * e_z, max=peak)
        propagated = bend if propagated is None else propagated + bend
    return Bound("function", n, peak * q.magnitude(dy), propagated)


def _relu_dz(q: Query, dy: str, z: str, name: str) -> Bound:
    on = live(q.value(z), name).to(torch.float64)
    e_dy, flipped = q.error(dy), flips(q, z, name)
    propagated = None if e_dy is None else on * e_dy
    if flipped is not None:
        whole = flipped * q.magnitude(dy)
        propagated = whole if propagated is None else torch.maximum(propagated, whole)
    return Bound("exact", 0, on * q.magnitude(dy), propagated)


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
