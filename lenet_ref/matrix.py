"""Volumes as matrices: the gathers behind ``z = a @ W + b`` and their adjoints.

Orders, fixed once (the source leaves them open, erratum S27):

* a volume is (N, C, H, W);
* a row of an im2col matrix is one receptive field, rows run over (n, i, j);
  its columns run over (c, u, v): map, kernel row, kernel column;
* a row of a pooling matrix is one window, rows run over (n, c, i, j);
  its columns run over (u, v), row-major.

All functions are pure and keep the dtype.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from lenet_ref.types import Array, Pair

__all__ = ["col2im", "cropped", "from_windows", "im2col", "output_size", "padded", "pooled_size",
           "tiles", "to_rows", "to_volume", "windows"]  # fmt: skip


def output_size(size: int, kernel: int, stride: int) -> int:
    """Number of positions of a kernel without padding: (size - kernel) / stride + 1."""
    return (size - kernel) // stride + 1


def im2col(x: Array, kernel: Pair, stride: Pair = (1, 1)) -> Array:
    """Gather receptive fields into rows.  Eq. {M,H}-{C1,C3,C5}-a, convolution-a.

    a[(n, i, j), (c, u, v)] = x[n, c, i*stride_h + u, j*stride_w + v]

    Args:
        x: (N, C, H, W).
        kernel: (kh, kw).
        stride: (stride_h, stride_w).
    Returns:
        (N*OH*OW, C*kh*kw), column-major: each column is one shifted copy of x.
    """
    n, c, h, w = x.shape
    (kh, kw), (sh, sw) = kernel, stride
    oh, ow = output_size(h, kh, sh), output_size(w, kw, sw)
    sn, sc, sy, sx = x.strides
    strides = (sc, sy, sx, sn, sy * sh, sx * sw)
    fields = as_strided(x, (c, kh, kw, n, oh, ow), strides, writeable=False)
    return fields.copy().reshape(c * kh * kw, n * oh * ow).T


def col2im(da: Array, shape: tuple[int, ...], kernel: Pair, stride: Pair = (1, 1)) -> Array:
    """Adjoint of :func:`im2col`: scatter-add rows back.  Eq. {M,H}-{C1,C3,C5}-dx, convolution-dx.

    dx[n, c, p, q] = sum of da[(n, i, j), (c, u, v)] over i*stride_h + u = p, j*stride_w + v = q

    Overlapping receptive fields accumulate (erratum S26), along the kernel's rows first, then
    along its columns: kh + kw passes instead of kh * kw.

    Args:
        da: (N*OH*OW, C*kh*kw).
        shape: (N, C, H, W) of the volume.
    Returns:
        (N, C, H, W).
    """
    n, c, h, w = shape
    (kh, kw), (sh, sw) = kernel, stride
    oh, ow = output_size(h, kh, sh), output_size(w, kw, sw)
    columns = da.T.reshape(c, kh, kw, n, oh, ow)
    lines = np.zeros((c, kw, n, h, ow), dtype=da.dtype)
    for u in range(kh):
        lines[:, :, :, u : u + sh * oh : sh] += columns[:, u]
    dx = np.zeros((c, n, h, w), dtype=da.dtype)
    for v in range(kw):
        dx[:, :, :, v : v + sw * ow : sw] += lines[:, v]
    return dx.transpose(1, 0, 2, 3)


def padded(x: Array, padding: Pair, rows: int = 2) -> Array:
    """x with so many zeros above and below, left and right: x itself where there are none.
    Eq. convolution-a.

    x_padded[n, c, i + padding_h, j + padding_w] = x[n, c, i, j]

    Args:
        x: (N, C, H, W).
        padding: (padding_h, padding_w).
        rows: the axis of height; that of width is the next.
    Returns:
        (N, C, H + 2*padding_h, W + 2*padding_w).
    """
    if padding == (0, 0):
        return x
    widths = [(0, 0)] * x.ndim
    widths[rows : rows + 2] = [(p, p) for p in padding]
    return np.pad(x, widths)


def cropped(dx: Array, padding: Pair, rows: int = 2) -> Array:
    """Adjoint of :func:`padded`: without the border, a view.  What fell on it is lost: a constant
    has no gradient.  Eq. convolution-dx."""
    if padding == (0, 0):
        return dx
    (ph, pw), (h, w) = padding, dx.shape[rows : rows + 2]
    inner = (slice(None),) * rows + (slice(ph, h - ph), slice(pw, w - pw))
    return dx[inner]


def to_rows(volume: Array) -> Array:
    """(N, K, OH, OW) as a matrix (N*OH*OW, K), rows over (n, i, j), as ``z`` stands in the
    derivation."""
    k = volume.shape[1]
    return volume.transpose(1, 0, 2, 3).reshape(k, -1).T


def to_volume(rows: Array, shape: tuple[int, ...]) -> Array:
    """Inverse of :func:`to_rows`: (N*OH*OW, K) as a volume of the given shape (N, K, OH, OW)."""
    n, k, oh, ow = shape
    return rows.T.reshape(k, n, oh, ow).transpose(1, 0, 2, 3)


def pooled_size(size: Pair, window: Pair, stride: Pair | None = None) -> Pair:
    """(OH, OW): number of windows down and across; a stride of None is the window."""
    sh, sw = stride or window
    return output_size(size[0], window[0], sh), output_size(size[1], window[1], sw)


def tiles(size: Pair, window: Pair, stride: Pair | None = None) -> bool:
    """Every element stands in exactly one window."""
    kh, kw = window
    return (stride or window) == window and size[0] % kh == 0 and size[1] % kw == 0


def windows(x: Array, window: Pair, stride: Pair | None = None) -> Array:
    """Gather pooling windows into rows.  Eq. {M,H}-{S2,S4}-a,
    max_pool-a, subsampling-a.

    a[(n, c, i, j), (u, v)] = x[n, c, i*stride_h + u, j*stride_w + v]

    Args:
        x: (N, C, H, W); rows and columns that no window reaches are not read.
        window: (kh, kw).
        stride: (stride_h, stride_w); None: the window, so that none overlap.
    Returns:
        (N*C*OH*OW, kh*kw), column-major: each column is one corner of every window.
    """
    n, c, h, w = x.shape
    (kh, kw), (sh, sw) = window, stride or window
    oh, ow = pooled_size((h, w), window, stride)
    columns = np.empty((kh, kw, n, c, oh, ow), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            columns[u, v] = x[:, :, u : u + sh * oh : sh, v : v + sw * ow : sw]
    return columns.reshape(kh * kw, n * c * oh * ow).T


def from_windows(
    da: Array, shape: tuple[int, ...], window: Pair, stride: Pair | None = None
) -> Array:
    """Adjoint of :func:`windows`; its inverse where windows tile the volume.
    Eq. {M,H}-{S2,S4}-dx, max_pool-dx, subsampling-dx.

    dx[n, c, p, q] = sum of da[(n, c, i, j), (u, v)] over i*stride_h + u = p, j*stride_w + v = q

    Overlapping windows accumulate; what no window reads gets zero.

    Args:
        da: (N*C*OH*OW, kh*kw).
        shape: (N, C, H, W) of the volume.
    Returns:
        (N, C, H, W).
    """
    n, c, h, w = shape
    (kh, kw), (sh, sw) = window, stride or window
    oh, ow = pooled_size((h, w), window, stride)
    columns = da.T.reshape(kh, kw, n, c, oh, ow)
    alone = tiles((h, w), window, stride)  # then nothing is added, nor left at zero
    dx = np.empty(shape, dtype=da.dtype) if alone else np.zeros(shape, dtype=da.dtype)
    for u in range(kh):
        for v in range(kw):
            part = dx[:, :, u : u + sh * oh : sh, v : v + sw * ow : sw]
            if alone:
                part[...] = columns[u, v]
            else:
                part += columns[u, v]
    return dx
