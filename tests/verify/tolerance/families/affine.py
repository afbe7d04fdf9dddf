"""Fully connected layers in exact arithmetic; without a bias, and behind a volume."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Affine, Architecture
from lenet_ref.specs.average_pool import AveragePool

Exact = NDArray[Any]
NETWORKS = {
    "unbiased-affine": Architecture("modern", (Affine("F", 7, 4, bias=False),), None),
    "behind-a-volume": Architecture(
        "modern",
        (AveragePool("S", 3, (1, 4), window=(1, 2)), Affine("F", 6, 4, flatten="HWC")),
        None,
    ),
}


def _flatten(i: Any) -> Exact:
    """Entry by entry: maps run fastest."""
    n, c, h, w = i[0].shape
    found = np.empty(i.shape, dtype=object)
    for m, k, r, q in np.ndindex(n, c, h, w):
        found[m, (r * w + q) * c + k] = i[0][m, k, r, q]
    return found


def _unflatten(i: Any) -> Exact:
    _, c, _, w = i.shape
    found = np.empty(i.shape, dtype=object)
    for m, k, r, q in np.ndindex(*i.shape):
        found[m, k, r, q] = i[0][m, (r * w + q) * c + k]
    return found


EXACT = {
    "flatten": _flatten,
    "unflatten": _unflatten,
    "affine.z": lambda i: i[0] @ i[1].T + (i[2] if i.spec.bias else 0),
    "affine.dx": lambda i: i[0] @ i[1],
    "affine.dW": lambda i: i[1].T @ i[0] + mpmath.mpf(i.reg) * i[2],
}
MOVES = {"flatten": True, "unflatten": True}
