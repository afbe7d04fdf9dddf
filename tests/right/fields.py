"""Receptive fields as rows of a matrix and back, with places in the order this file likes."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right.wiring import Array


def gathered(x: Array, kernel: tuple[int, ...]) -> Array:
    """(height * width * N, C * kh * kw): place by place, and the images within a place."""
    view = sliding_window_view(x, kernel, axis=(2, 3))
    rows = view.transpose(2, 3, 0, 1, 4, 5)
    return rows.reshape(-1, x.shape[1] * kernel[0] * kernel[1])


def scattered(rows: Array, x: Array, kernel: tuple[int, ...]) -> Array:
    """Rows added where they were taken from, the last kernel element first."""
    n, c, h, w = x.shape
    kh, kw = kernel
    size = h - kh + 1, w - kw + 1
    parts = rows.reshape(*size, n, c, kh, kw).transpose(2, 3, 0, 1, 4, 5)
    dx = np.zeros_like(x)
    for i in reversed(range(kh)):
        for j in reversed(range(kw)):
            dx[:, :, i : i + size[0], j : j + size[1]] += parts[..., i, j]
    return dx


def as_rows(dz: Array) -> Array:
    """(height * width * N, K)."""
    return dz.transpose(2, 3, 0, 1).reshape(-1, dz.shape[1])


def as_volume(rows: Array, x: Array, kernel: tuple[int, ...]) -> Array:
    """The reverse, for outputs of a convolution of x."""
    size = x.shape[2] - kernel[0] + 1, x.shape[3] - kernel[1] + 1
    return rows.reshape(*size, len(x), -1).transpose(2, 3, 0, 1)
