"""Leaky rectifier: a part of what is negative is let through."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array


def forward(z: Array, slope: float) -> Array:
    """y = z where z > 0, slope z elsewhere.  Any shape.
    Eq. affine-y, average_pool-y, max_pool-y, subsampling-y."""
    return np.where(z > 0, z, slope * z)


def backward(dy: Array, z: Array, y: Array, slope: float) -> Array:
    """dz = dy where z > 0, slope dy elsewhere.
    Eq. affine-dz, average_pool-dz, max_pool-dz, subsampling-dz.

    Convention at the kink: f'(0) = f'(-0) = slope, as in PyTorch's leaky_relu.
    """
    return np.where(z > 0, dy, slope * dy)
