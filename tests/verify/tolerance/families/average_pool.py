"""Average pooling in exact arithmetic."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from lenet_ref.specs.average_pool import AveragePool

Exact = NDArray[Any]
NETWORKS = {
    "mean": Architecture("modern", (AveragePool("S2", 2, (4, 6), window=(2, 3)),), None),
}


def _rows(x: Exact, i: Any) -> Exact:
    """One window a row."""
    (n, c, h, w), (kh, kw) = x.shape, i.spec.window
    blocks = x.reshape(n, c, h // kh, kh, w // kw, kw)
    return blocks.transpose(0, 1, 2, 4, 3, 5).reshape(-1, kh * kw)


def _share(i: Any) -> Any:
    return mpmath.mpf(1) / math.prod(i.spec.window)


def _dx(i: Any) -> Exact:
    kh, kw = i.spec.window
    return (i[0] * _share(i)).repeat(kh, axis=2).repeat(kw, axis=3)


EXACT = {
    "average_pool.a": lambda i: _rows(i[0], i),
    "average_pool.z": lambda i: (_rows(i[0], i).sum(axis=1) * _share(i)).reshape(i.shape),
    "average_pool.da": lambda i: np.repeat(
        i[0].reshape(-1, 1) * _share(i), math.prod(i.spec.window), axis=1
    ),
    "average_pool.dx": _dx,
}
MOVES = {"average_pool.a": True}
STATED = {
    "average_pool.z": (0.1, 45),
    "average_pool.da": (0.3, 5),
    "average_pool.dx": (0.3, 5),
}
