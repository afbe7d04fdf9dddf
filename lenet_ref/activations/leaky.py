"""Leaky rectifier: a part of what is negative is let through."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array


def forward(z: Array, slope: float) -> Array:
    """y = z where z > 0, slope z elsewhere.  Any shape.  Section 3.5 of the derivation."""
    return np.where(z > 0, z, slope * z)


def backward(dy: Array, z: Array, y: Array, slope: float) -> Array:
    """dz = dy where z > 0, slope dy elsewhere.

    Convention at the kink: f'(0) = f'(-0) = slope, as in PyTorch's leaky_relu.
    """
    return np.where(z > 0, dy, slope * dy)
