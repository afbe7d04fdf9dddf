"""Truth of the activations: closed forms of f and f'."""

from __future__ import annotations

import numpy as np

from lenet_ref.specs.activation import parts
from verify.truth.inputs import Array, Formulas, Inputs


def _squash(z: Array) -> tuple[Array, Array]:
    """f and f' with the constants of the paper in the precision of z."""
    A = z.dtype.type("1.7159")
    S = z.dtype.type(2) / z.dtype.type(3)
    t = np.tanh(S * z)
    return A * t, A * S * (1 - t) * (1 + t)


def _scaled(z: Array, A: float, S: float) -> tuple[Array, Array]:
    """The same with other constants: the float64 numbers that are written."""
    amplitude, slope = z.dtype.type(A), z.dtype.type(S)
    t = np.tanh(slope * z)
    return amplitude * t, amplitude * slope * (1 - t) * (1 + t)


def _leaky(z: Array, slope: float) -> tuple[Array, Array]:
    """max(z, slope z), for a slope below 1, and its derivative from below at 0."""
    part = z.dtype.type(slope)
    return np.maximum(z, part * z), np.where(z > 0, z.dtype.type(1), part)


def f_and_slope(z: Array, name: str) -> tuple[Array, Array]:
    """f(z) and f'(z)."""
    kind, own = parts(name)
    match kind:
        case "relu":
            return np.where(z > 0, z, 0), (z > 0).astype(z.dtype)
        case "relu_one_at_zero":
            return np.where(z < 0, 0, z), 1 - (z < 0).astype(z.dtype)
        case "squash":
            return _squash(z)
        case "leaky":
            return _leaky(z, *own)
        case "scaled_tanh":
            return _scaled(z, *own)
        case "tanh":
            t = np.tanh(z)
            return t, (1 - t) * (1 + t)
        case "logistic":
            e = np.exp(-np.abs(z))
            return np.where(z >= 0, 1, e) / (1 + e), e / ((1 + e) * (1 + e))
    return z, np.ones_like(z)


def _y(i: Inputs) -> Array:
    return f_and_slope(i[0], i.spec.activation)[0]


def _dz(i: Inputs) -> Array:
    return i[0] * f_and_slope(i[1], i.spec.activation)[1]


FORMULAS: Formulas = {"activation.y": _y, "activation.dz": _dz, "masked.dx": _dz}
