"""The definitions as nested loops over plain Python integers: slow, obvious, shared by no one.

Everything is exact: arrays of small integers in, lists or arrays of integers out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
Shape = tuple[int, ...]


def integers(shape: Shape, seed: int, low: int = -9, high: int = 9) -> Array:
    """Small whole numbers as float64; sums of a few thousand products stay exact."""
    return np.random.default_rng(seed).integers(low, high + 1, size=shape).astype(np.float64)


def positions(shape: Shape, kernel: Pair, stride: Pair) -> list[tuple[int, int, int]]:
    """(n, top, left) of each receptive field that fits, by walking until one does not."""
    n_images, _, height, width = shape
    tops = [p for p in range(0, height, stride[0]) if p + kernel[0] <= height]
    lefts = [q for q in range(0, width, stride[1]) if q + kernel[1] <= width]
    return list(product(range(n_images), tops, lefts))


def gathered(x: Array, kernel: Pair, stride: Pair) -> list[list[float]]:
    """im2col: one row per position, columns over (map, kernel row, kernel column)."""
    taps = list(product(range(x.shape[1]), range(kernel[0]), range(kernel[1])))
    return [
        [float(x[n, c, top + u, left + v]) for c, u, v in taps]
        for n, top, left in positions(x.shape, kernel, stride)
    ]


def scattered(rows: Array, shape: Shape, kernel: Pair, stride: Pair) -> Array:
    """col2im: every entry added where im2col would have read it."""
    x = np.zeros(shape)
    taps = list(product(range(shape[1]), range(kernel[0]), range(kernel[1])))
    for row, (n, top, left) in zip(rows, positions(shape, kernel, stride), strict=True):
        for value, (c, u, v) in zip(row, taps, strict=True):
            x[n, c, top + u, left + v] += value
    return x


def taps(
    x: Array, W: Array, stride: Pair, table: list[list[int]]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """(index of z, index of x, index of W) of every multiplication of a convolution."""
    maps_out, _, kh, kw = W.shape
    for n, top, left in positions(x.shape, (kh, kw), stride):
        i, j = top // stride[0], left // stride[1]
        for k in range(maps_out):
            for c, u, v in product(table[k], range(kh), range(kw)):
                yield (n, k, i, j), (n, c, top + u, left + v), (k, c, u, v)


def convolution(
    x: Array, W: Array, b: Array, dz: Array, stride: Pair, table: list[list[int]]
) -> dict[str, Array]:
    """z and, for the upstream dz, dx, dW and db."""
    z = np.zeros(dz.shape)
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(b.shape)
    for to, source, weight in taps(x, W, stride, table):
        z[to] += x[source] * W[weight]
        dx[source] += dz[to] * W[weight]
        dW[weight] += dz[to] * x[source]
    for n, k, i, j in np.ndindex(*dz.shape):
        z[n, k, i, j] += b[k]
        db[k] += dz[n, k, i, j]
    return {"z": z, "dx": dx, "dW": dW, "db": db}


def window(
    x: Array, n: int, c: int, i: int, j: int, size: Pair, stride: Pair | None = None
) -> list[float]:
    """One pooling window, row by row."""
    return [float(x[at]) for at in window_places(n, c, i, j, size, stride)]


def window_places(
    n: int, c: int, i: int, j: int, size: Pair, stride: Pair | None = None
) -> list[tuple[int, int, int, int]]:
    """The index of each element of a pooling window."""
    down, across = stride or size
    return [
        (n, c, i * down + u, j * across + v) for u, v in product(range(size[0]), range(size[1]))
    ]


def pooling_positions(
    shape: Shape, size: Pair, stride: Pair | None = None
) -> list[tuple[int, int, int, int]]:
    """(n, c, i, j) of every pooling window that fits."""
    down, across = stride or size
    fits = positions((1, 1, *shape[2:]), size, (down, across))
    return [
        (n, c, top // down, left // across)
        for n, c in product(range(shape[0]), range(shape[1]))
        for _, top, left in fits
    ]


def pooling_windows(x: Array, size: Pair, stride: Pair | None = None) -> list[list[float]]:
    """All pooling windows in the order (n, c, i, j)."""
    return [window(x, *at, size, stride) for at in pooling_positions(x.shape, size, stride)]
