"""No activation: F7, C1/C3/C5 in the source's reading of 1998, and the exact tier."""

from __future__ import annotations

from lenet_ref.types import Array


def forward(z: Array) -> Array:
    """y = z.  Eq. M-F7-y."""
    return z


def backward(dy: Array, z: Array, y: Array) -> Array:
    """dz = dy.  Eq. M-F7-dz."""
    return dy
