"""The gathers of :mod:`lenet_ref.matrix` for volumes whose images lie last in memory.

A volume is (C, H, W, N) here and rows run over (i, j, n) and (c, i, j, n): every copy and every
addition then moves a run of N numbers, where the order (n, i, j) moves one row of a small map.
The order of rows is no part of any formula, so those of the layers serve both.  Eq. {M,H}-C1-a to
{M,H}-C5-dx.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from lenet_ref.matrix import output_size, pooled_size, tiles
from lenet_ref.types import Array, Pair

Shape = tuple[int, ...]


def im2col(x: Array, kernel: Pair, stride: Pair) -> Array:
    """a[(i, j, n), (c, u, v)] = x[c, i*stride_h + u, j*stride_w + v, n], (OH*OW*N, C*kh*kw)."""
    c, h, w, n = x.shape
    (kh, kw), (sh, sw) = kernel, stride
    oh, ow = output_size(h, kh, sh), output_size(w, kw, sw)
    if (oh, ow) == (1, 1):  # one field: nothing is copied
        return x[:, :kh, :kw].reshape(c * kh * kw, n).T
    sc, sy, sx, sn = x.strides
    strides = (sc, sy, sx, sy * sh, sx * sw, sn)
    fields = as_strided(x, (c, kh, kw, oh, ow, n), strides, writeable=False)
    return fields.copy().reshape(c * kh * kw, oh * ow * n).T


def col2im(da: Array, shape: Shape, kernel: Pair, stride: Pair) -> Array:
    """Adjoint of :func:`im2col`: the volume (C, H, W, N) that collects da.

    Added along the kernel's rows first, then along its columns: kh + kw passes instead of
    kh * kw, the long ones over whole maps.
    """
    c, h, w, n = shape
    (kh, kw), (sh, sw) = kernel, stride
    oh, ow = output_size(h, kh, sh), output_size(w, kw, sw)
    if (oh, ow, h, w) == (1, 1, kh, kw):
        return da.T.reshape(shape)
    columns = da.T.reshape(c, kh, kw, oh, ow, n)
    lines = np.zeros((c, kw, h, ow, n), dtype=da.dtype)
    for u in range(kh):
        lines[:, :, u : u + sh * oh : sh] += columns[:, u]
    dx = np.zeros(shape, dtype=da.dtype)
    for v in range(kw):
        dx[:, :, v : v + sw * ow : sw] += lines[:, v]
    return dx


def windows(x: Array, window: Pair, stride: Pair | None = None) -> Array:
    """a[(c, i, j, n), (u, v)] = x[c, i*stride_h + u, j*stride_w + v, n], (C*OH*OW*N, kh*kw)."""
    c, h, w, n = x.shape
    (kh, kw), (sh, sw) = window, stride or window
    oh, ow = pooled_size((h, w), window, stride)
    columns = np.empty((kh, kw, c, oh, ow, n), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            columns[u, v] = x[:, u : u + sh * oh : sh, v : v + sw * ow : sw]
    return columns.reshape(kh * kw, -1).T


def from_windows(da: Array, shape: Shape, window: Pair, stride: Pair | None = None) -> Array:
    """Adjoint of :func:`windows`: overlapping windows accumulate, what none reads gets zero."""
    c, h, w, n = shape
    (kh, kw), (sh, sw) = window, stride or window
    oh, ow = pooled_size((h, w), window, stride)
    columns = da.T.reshape(kh, kw, c, oh, ow, n)
    alone = tiles((h, w), window, stride)
    dx = np.empty(shape, dtype=da.dtype) if alone else np.zeros(shape, dtype=da.dtype)
    for u in range(kh):
        for v in range(kw):
            part = dx[:, u : u + sh * oh : sh, v : v + sw * ow : sw]
            if alone:
                part[...] = columns[u, v]
            else:
                part += columns[u, v]
    return dx
