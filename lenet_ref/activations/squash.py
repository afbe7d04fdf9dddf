"""The squashing function of the paper, f(a) = A tanh(S a) (eq. 5 and 6, appendix A)."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array

__all__ = ["A", "S", "backward", "derivative", "forward"]
A = 1.7159
S = 2 / 3


def forward(z: Array) -> Array:
    """y = A tanh(S z).  Eq. H-{C1,S2,C3,S4,C5,F6}-y.  Any shape."""
    return A * np.tanh(S * z)


def derivative(y: Array) -> Array:
    """f'(z) = S (A - y^2 / A), from the output y; f'(0) = A S = 1.1439333..."""
    return S * (A - y * y / A)


def backward(dy: Array, z: Array, y: Array) -> Array:
    """dz = f'(z) * dy.  Eq. H-{C1,S2,C3,S4,C5,F6}-dz."""
    return derivative(y) * dy
