"""The rectifier of those who take the other side of its kink."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array

__all__ = ["backward", "forward"]


def forward(z: Array) -> Array:
    """y = max(z, 0).  Eq. M-{C1,C3,C5,F6}-y.  Any shape."""
    return np.maximum(z, 0)


def backward(dy: Array, z: Array, y: Array) -> Array:
    """dz = 1(z >= 0) * dy: relu'(0) = relu'(-0) = 1 (erratum S22), not Eq. M-{C1,C3,C5,F6}-dz."""
    return np.where(z >= 0, dy, np.zeros((), dy.dtype))
