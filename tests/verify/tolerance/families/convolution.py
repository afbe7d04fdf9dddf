"""Convolutions in exact arithmetic, tap by tap, with options that neither network has."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from lenet_ref.specs.convolution import Convolution

Exact = NDArray[Any]
Index = tuple[int, ...]


def _one(layer: Convolution) -> Architecture:
    return Architecture("modern", (layer,), None)


TABLE = ((0, 2), (1,), (0, 1), (2,), (1, 2))
NETWORKS = {
    "padded": _one(Convolution("C", 2, 5, (5, 2), (2, 3), (3, 1), padding=(1, 1))),
    "unbiased": _one(Convolution("C", 2, 3, (3, 4), (2, 3), bias=False)),
    "flipped": _one(Convolution("C", 2, 5, (3, 3), (3, 2), padding=(1, 0), flipped=True)),
    "every": _one(
        Convolution("C", 3, 5, (3, 4), (2, 3), (1, 2), "identity", TABLE, (0, 1), False, True)
    ),
}


def _positions(spec: Convolution) -> tuple[range, range]:
    _, oh, ow = spec.output_shape
    return range(oh), range(ow)


@cache
def _taps(n_images: int, spec: Convolution) -> list[tuple[Index, Index, Index]]:
    """(index of z, of x, of W) of every multiplication: none on the padding."""
    (kh, kw), (sh, sw), (ph, pw), (h, w) = spec.kernel, spec.stride, spec.padding, spec.size
    every = [tuple(range(spec.maps_in))] * spec.maps_out
    sources = every if spec.table is None else spec.table
    found = []
    for n, k, i, j in product(range(n_images), range(spec.maps_out), *_positions(spec)):
        for c, u, v in product(sources[k], range(kh), range(kw)):
            row, column = i * sh + u - ph, j * sw + v - pw
            tap = (kh - 1 - u, kw - 1 - v) if spec.flipped else (u, v)
            if 0 <= row < h and 0 <= column < w:
                found.append(((n, k, i, j), (n, c, row, column), (k, c, *tap)))
    return found


def _zeros(shape: Index) -> Exact:
    return np.full(shape, mpmath.mpf(0), dtype=object)


def _a(i: Any) -> Exact:
    (kh, kw), (sh, sw), (ph, pw), x = i.spec.kernel, i.spec.stride, i.spec.padding, i[0]
    n, c, h, w = x.shape
    outer = _zeros((n, c, h + 2 * ph, w + 2 * pw))
    outer[:, :, ph : ph + h, pw : pw + w] = x
    fields = [
        outer[m, :, r * sh : r * sh + kh, q * sw : q * sw + kw].ravel()
        for m, r, q in product(range(n), *_positions(i.spec))
    ]
    return np.array(fields, dtype=object)


def _z(i: Any) -> Exact:
    z = _zeros(i.shape) + (i[2][:, None, None] if i.spec.bias else 0)
    for to, source, weight in _taps(len(i[0]), i.spec):
        z[to] += i[0][source] * i[1][weight]
    return z


def _da(i: Any) -> Exact:
    W, dz, spec = i[1], i[0], i.spec
    live = _zeros(W.shape)
    for k in range(spec.maps_out):
        for c in range(spec.maps_in) if spec.table is None else spec.table[k]:
            live[k, c] = W[k, c, ::-1, ::-1] if spec.flipped else W[k, c]
    return np.moveaxis(dz, 1, -1).reshape(-1, len(W)) @ live.reshape(len(W), -1)


def _dx(i: Any) -> Exact:
    dx = _zeros(i.shape)
    for to, source, weight in _taps(i.shape[0], i.spec):
        dx[source] += i[0][to] * i[1][weight]
    return dx


def _dW(i: Any) -> Exact:
    dW = _zeros(i.shape)
    for to, source, weight in _taps(len(i[0]), i.spec):
        dW[weight] += i[1][to] * i[0][source]
    return dW + mpmath.mpf(i.reg) * i[2]


EXACT = {
    "convolution.a": _a,
    "convolution.z": _z,
    "convolution.da": _da,
    "convolution.dx": _dx,
    "convolution.dW": _dW,
}
