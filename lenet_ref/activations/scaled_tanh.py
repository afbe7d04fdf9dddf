"""A hyperbolic tangent with any amplitude and slope; the paper's own is
:mod:`lenet_ref.activations.squash`."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array


def forward(z: Array, A: float, S: float) -> Array:
    """y = A tanh(S z).  Any shape.
    Eq. affine-y, average_pool-y, max_pool-y, subsampling-y."""
    return A * np.tanh(S * z)


def derivative(y: Array, A: float, S: float) -> Array:
    """f'(z) = S (A - y^2 / A), from the output y; f'(0) = A S."""
    return S * (A - y * y / A)


def backward(dy: Array, z: Array, y: Array, A: float, S: float) -> Array:
    """dz = f'(z) * dy.  Eq. affine-dz, average_pool-dz, max_pool-dz, subsampling-dz."""
    return derivative(y, A, S) * dy
