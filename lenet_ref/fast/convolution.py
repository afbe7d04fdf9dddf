"""Convolutions on volumes whose images lie last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from lenet_ref import matrix
from lenet_ref.fast import gathers
from lenet_ref.fast.kernels import joined, product
from lenet_ref.fast.pullback import Pullback
from lenet_ref.layers import convolution
from lenet_ref.specs.convolution import Convolution
from lenet_ref.types import Array, Pair, Parameters, Tensors

Back: TypeAlias = Callable[[Array], tuple[Array, Array, Array]]
"""From dz to dx, dW and db."""


def pulled(layer: Convolution, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (K, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. {M,H}-{C1,C3,C5}-z,
    convolution-z."""
    W, mask = p["W"], convolution.connection_mask(layer)
    live = convolution.turned(convolution.masked(W, mask), layer.flipped)
    outer = matrix.padded(x, layer.padding, rows=1)
    places = matrix.pooled_size((outer.shape[1], outer.shape[2]), layer.kernel, layer.stride)
    z, linear = _alone(outer, live) if places == (1, 1) else _along(outer, live, layer.stride)
    if layer.bias:
        z += p["b"][:, None, None, None]

    def back(dz: Array) -> tuple[Array, Tensors]:
        dx, dW, db = linear(dz)
        learned = {"dW": convolution.masked(convolution.turned(dW, layer.flipped), mask)}
        if layer.bias:
            learned["db"] = db
        return matrix.cropped(dx, layer.padding, rows=1), learned

    return z, back


def _along(x: Array, W: Array, stride: Pair) -> tuple[Array, Back]:
    """z = sum over u of W_u times line i*stride + u, a product for each line i of z; columns of
    the filters in the order (u, c, v), as the lines lie in memory."""
    (k, c, kh, kw), (sh, sw) = W.shape, stride
    _, h, w, n = x.shape
    a = gathers.stacked(gathers.shifted(x, kw, sw), kh, sh)
    oh, ow = len(a), a.shape[2] // n
    z = np.matmul(W.transpose(0, 2, 1, 3).reshape(k, -1), a)

    def back(dz: Array) -> tuple[Array, Array, Array]:
        rows = gathers.by_lines(dz).reshape(oh, k, ow * n)
        dW = joined(a, rows).reshape(kh, c, kw, k).transpose(3, 1, 0, 2)
        upward = W[:, :, ::-1].transpose(1, 3, 2, 0).reshape(c * kw, kh * k)
        met = gathers.spread(dz, (h, w), (kh, kw), stride)
        return gathers.collected(upward, met, x.shape, kw), dW, np.add.reduce(rows, axis=(0, 2))

    return z.reshape(oh, k, ow, n).transpose(1, 0, 2, 3), back


def _alone(x: Array, W: Array) -> tuple[Array, Back]:
    """One field in each image: z = W a, an affine layer of what the kernel covers."""
    k, c, kh, kw = W.shape
    n = x.shape[3]
    a, filters = x[:, :kh, :kw].reshape(-1, n), W.reshape(k, -1)

    def back(dz: Array) -> tuple[Array, Array, Array]:
        rows = dz.reshape(k, n)
        dW = product(rows, a.T).reshape(W.shape)
        covered = (filters.T @ rows).reshape(c, kh, kw, n)
        return gathers.placed(covered, x.shape), dW, np.add.reduce(rows, axis=1)

    return (filters @ a).reshape(k, 1, 1, n), back
