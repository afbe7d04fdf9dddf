"""Plain hyperbolic tangent: the source's reading of F6 (erratum S11); never the paper's."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array


def forward(z: Array) -> Array:
    """y = tanh(z).  Eq. H-F6-y, reading "seed"."""
    return np.tanh(z)


def backward(dy: Array, z: Array, y: Array) -> Array:
    """dz = (1 - y^2) * dy.  Eq. H-F6-dz, reading "seed"."""
    return (1 - y * y) * dy
