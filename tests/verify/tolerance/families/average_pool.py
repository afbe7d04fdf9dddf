"""Average pooling in exact arithmetic."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from lenet_ref.specs.average_pool import AveragePool

Exact = NDArray[Any]
NETWORKS = {
    "mean": Architecture("modern", (AveragePool("S2", 2, (4, 6), window=(2, 3)),), None),
}


def _rows(x: Exact, i: Any) -> Exact:
    """One window a row."""
    (kh, kw), (sh, sw) = i.spec.window, i.spec.step
    fields = sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return fields.reshape(-1, kh * kw)


def _share(i: Any) -> Any:
    return mpmath.mpf(1) / math.prod(i.spec.window)


def _dx(i: Any) -> Exact:
    (kh, kw), (sh, sw), dx = i.spec.window, i.spec.step, np.full(i.shape, mpmath.mpf(0))
    for n, c, top, left in np.ndindex(i[0].shape):
        dx[n, c, top * sh : top * sh + kh, left * sw : left * sw + kw] += i[0][
            n, c, top, left
        ] * _share(i)
    return dx


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
    "average_pool.z": (0.3, 107),
    "average_pool.da": (0.3, 5),
    "average_pool.dx": (0.3, 15),
}
