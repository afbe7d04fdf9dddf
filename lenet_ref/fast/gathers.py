"""The gathers of :mod:`lenet_ref.matrix` for volumes whose images lie last in memory.

A volume is (C, H, W, N) here, and lies in memory as (H, C, W, N), one *line* p of all its maps
after the other.  Every copy and every addition then moves runs of N numbers or more, and kh lines
that follow each other are, as they lie there, the rows of a matrix: what the height of a kernel
reads is a view, and only what its width reads is copied, kw numbers for a pixel where im2col
copies kh * kw.  The order of rows and columns is no part of any formula.  Eq. {M,H}-C1-a to
{M,H}-C5-dx.
"""

from __future__ import annotations

import numpy as np

from lenet_ref.matrix import output_size, pooled_size, tiles
from lenet_ref.types import Array, Pair

Shape = tuple[int, ...]


def by_lines(x: Array) -> Array:
    """(H, C, W, N) of (C, H, W, N) and back, without gaps in memory; no copy where it lies so."""
    return np.ascontiguousarray(x.transpose(1, 0, 2, 3))


def view(x: Array, shape: Shape, steps: Shape) -> Array:
    """x without gaps, seen in another shape: so many numbers from one element to the next along
    each axis.  As numpy's as_strided, but checked to stay inside, and ten times as quick."""
    size = x.itemsize
    return np.ndarray(shape, x.dtype, x, 0, [size * step for step in steps])


def shifted(x: Array, width: int, stride: int) -> Array:
    """l[p, (c, v), (j, n)] = x[c, p, j*stride + v, n], (H, C*width, OW*N)."""
    c, h, w, n = x.shape
    ow = output_size(w, width, stride)
    shape, steps = (h, c, width, ow, n), (c * w * n, w * n, n, stride * n, 1)
    return view(by_lines(x), shape, steps).copy().reshape(h, c * width, ow * n)


def stacked(shifts: Array, height: int, stride: int) -> Array:
    """a[i, (u, r), m] = l[i*stride + u, r, m], (OH, height*R, M): a view, nothing is copied."""
    h, r, m = shifts.shape
    shape = (output_size(h, height, stride), height * r, m)
    return view(shifts, shape, (stride * r * m, m, 1))


def spread(dz: Array, size: Pair, kernel: Pair, stride: Pair) -> Array:
    """e[p, (u, k), (q, n)] = dz[k, i, j, n] where p + u = i*stride_h + kh - 1 and q = j*stride_w,
    else 0, (H, kh*K, (W-kw+1)*N): for each line of a volume of that size all that read it, the
    last line of a kernel first, as if the stride were 1.

    Padded with lines of zeros, each line's gradient is *one* product; else kh products meet in it.
    """
    (h, w), (kh, kw), (sh, sw) = size, kernel, stride
    k, oh, ow, n = dz.shape
    apart = np.zeros((h + kh - 1, k, w - kw + 1, n), dz.dtype)
    apart[kh - 1 : kh - 1 + sh * oh : sh, :, : sw * ow : sw] = dz.transpose(1, 0, 2, 3)
    return stacked(apart.reshape(h + kh - 1, k, -1), kh, 1)


def collected(W: Array, e: Array, shape: Shape, width: int) -> Array:
    """dx[c, p, q + v, n] = sum over v of (W e)[p, (c, v), (q, n)], the volume (C, H, W, N); the
    adjoint of :func:`shifted` at a stride of 1.

    Each row of the product is written one pixel further to the right than the row before, between
    zeros; the sum over v is then one over whole lines.
    """
    c, h, w, n = shape
    r, m = len(W), e.shape[2]
    line = (w + 1) * n
    skewed = np.zeros((h, r * line), e.dtype)
    np.matmul(W, e, out=view(skewed, (h, r, m), (r * line, line, 1)))
    columns = view(skewed, (h, c, width, w * n), (r * line, width * line, w * n, 1))
    return np.add.reduce(columns, axis=2).reshape(h, c, w, n).transpose(1, 0, 2, 3)


def placed(dx: Array, shape: Shape) -> Array:
    """What the one field of a volume (C, H, W, N) covers, and zeros in the rest of it."""
    if dx.shape == shape:
        return dx
    whole = np.zeros(shape, dx.dtype)
    whole[:, : dx.shape[1], : dx.shape[2]] = dx
    return whole


def windows(x: Array, window: Pair, stride: Pair | None = None) -> Array:
    """a[(i, c, j, n), (u, v)] = x[c, i*stride_h + u, j*stride_w + v, n], (OH*C*OW*N, kh*kw),
    column-major."""
    return _corners(by_lines(x), window, stride).copy().reshape(window[0] * window[1], -1).T


def from_windows(da: Array, shape: Shape, window: Pair, stride: Pair | None = None) -> Array:
    """Adjoint of :func:`windows`: overlapping windows accumulate, what none reads gets zero."""
    c, h, w, n = shape
    alone = tiles((h, w), window, stride)  # then nothing is added, nor left at zero
    dx = (np.empty if alone else np.zeros)((h, c, w, n), da.dtype)
    corners = _corners(dx, window, stride)
    columns = da.T.reshape(corners.shape)
    if alone:
        corners[...] = columns
    else:
        for u, v in np.ndindex(*window):
            corners[u, v] += columns[u, v]
    return dx.transpose(1, 0, 2, 3)


def _corners(x: Array, window: Pair, stride: Pair | None) -> Array:
    """x (H, C, W, N) as (kh, kw, OH, C, OW, N), a view."""
    h, c, w, n = x.shape
    (kh, kw), (sh, sw) = window, stride or window
    oh, ow = pooled_size((h, w), window, stride)
    line = c * w * n
    return view(x, (kh, kw, oh, c, ow, n), (line, n, sh * line, w * n, sw * n, 1))
