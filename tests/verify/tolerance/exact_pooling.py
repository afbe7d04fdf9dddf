"""Pooling in exact arithmetic: windows at any stride, who wins in them, and the way back."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]


@cache
def _places(shape: tuple[int, ...], spec: Any) -> list[list[tuple[int, ...]]]:
    """For every pooling window the index of each of its elements."""
    (kh, kw), (sh, sw) = spec.window, spec.step
    rows, columns = range(0, shape[2] - kh + 1, sh), range(0, shape[3] - kw + 1, sw)
    return [
        [(n, c, top + u, left + v) for u, v in product(range(kh), range(kw))]
        for n, c, top, left in product(range(shape[0]), range(shape[1]), rows, columns)
    ]


def blocks(x: Exact, spec: Any) -> Exact:
    """(rows, kh*kw) pooling windows."""
    return np.array([[x[at] for at in window] for window in _places(x.shape, spec)], dtype=object)


def unblock(rows: Exact, spec: Any, shape: tuple[int, ...]) -> Exact:
    """Every element of the windows added where it came from."""
    x = np.full(shape, mpmath.mpf(0), dtype=object)
    for row, window in zip(rows, _places(shape, spec), strict=True):
        for value, at in zip(row, window, strict=True):
            x[at] += value
    return x


def argmax(x: Exact, spec: Any) -> Exact:
    """(rows,): the place of the maximum, the first of those that share."""
    return np.array([_winners(row, spec)[0] for row in blocks(x, spec)])


def _winners(row: Exact, spec: Any) -> list[int]:
    """Places of a window that get its gradient, whole or in equal parts."""
    largest = [k for k in range(len(row)) if row[k] == max(row)]
    if spec.ties in ("all", "divided"):
        return largest
    if spec.ties == "column-major":
        return [min(largest, key=lambda k: (k % spec.window[1], k))]
    return largest[-1:] if spec.ties == "last" else largest[:1]


def max_da(x: Exact, dz: Exact, spec: Any) -> Exact:
    """(rows, kh*kw): dz where it goes."""
    a = blocks(x, spec)
    da = np.full(a.shape, mpmath.mpf(0), dtype=object)
    for row, to, value in zip(a, da, dz.ravel(), strict=True):
        winners = _winners(row, spec)
        to[winners] = value / len(winners) if spec.ties == "divided" else value
    return da
