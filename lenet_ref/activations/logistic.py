"""Logistic sigmoid: the source's reading of S2 and S4 (erratum S10); never the paper's."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array


def forward(z: Array) -> Array:
    """y = 1 / (1 + exp(-z)), evaluated from exp(-|z|) so that nothing overflows.
    Eq. H-{S2,S4}-y, reading "seed"."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def backward(dy: Array, z: Array, y: Array) -> Array:
    """dz = y (1 - y) * dy.  Eq. H-{S2,S4}-dz, reading "seed"."""
    return y * (1 - y) * dy
