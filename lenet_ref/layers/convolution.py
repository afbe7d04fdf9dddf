"""Convolution layers C1, C3 and C5 in matrix form, dense or by a connection table.

With a the receptive fields as rows (:func:`lenet_ref.matrix.im2col`) and the weights as a
matrix of one column per output map, the forward pass is ``z = a @ W + b`` and

    tr(dz^T (da W + a dW + 1 db)) = <da, dz W^T> + <dW, a^T dz> + <db, 1^T dz>.

Every gradient is a *sum* over the rows: the paper adds the derivatives of shared weights;
the averaged bias of the source is wrong (errata S17, S18).  A padded layer has the fields of the
padded volume in a; a true convolution turns the filters before they become a matrix; without a
bias, b is 0 and has no gradient.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lenet_ref import connections, matrix
from lenet_ref.specs.convolution import Convolution
from lenet_ref.types import Array, Pair, Parameters, Tensors

Mask = NDArray[np.bool_]


def weight_matrix(W: Array) -> Array:
    """Filters (K, C, kh, kw) as the matrix (C*kh*kw, K) of the derivation."""
    return W.reshape(W.shape[0], -1).T


def turned(W: Array, flipped: bool) -> Array:
    """W_{k, c, kh-1-u, kw-1-v}: every kernel by half a turn where the layer is a true convolution,
    so that its first tap meets the last pixel of a field; and back.  Eq. convolution-{W,dW}."""
    return W[:, :, ::-1, ::-1] if flipped else W


def pre_activation(a: Array, W: Array, b: Array) -> Array:
    """z = a W + 1 b.  Eq. {M,H}-{C1,C3,C5}-z, convolution-z.

    Args:
        a: (rows, C*kh*kw); W: (C*kh*kw, K); b: (K,).
    Returns:
        (rows, K).
    """
    return a @ W + b


def input_matrix_gradient(dz: Array, W: Array) -> Array:
    """da = dz W^T.  Eq. {M,H}-{C1,C3,C5}-da, convolution-da.  dz: (rows, K), W: (C*kh*kw, K)."""
    return dz @ W.T


def weight_gradient(a: Array, dz: Array) -> Array:
    """dW = a^T dz, (C*kh*kw, K).  Eq. {M,H}-{C1,C3,C5}-dW, convolution-dW."""
    return a.T @ dz


def bias_gradient(dz: Array) -> Array:
    """db = 1^T dz, the sum over all rows, (K,).  Eq. {M,H}-{C1,C3,C5}-db, convolution-db."""
    return dz.sum(axis=0)


def masked(values: Array, mask: Mask | None) -> Array:
    """Zero the dead links of a filter bank (K, C, kh, kw).  Eq. H-C3-mask, convolution-W; paper,
    Table I."""
    if mask is None:
        return values
    return values * mask[:, :, None, None].astype(values.dtype)


def forward(
    x: Array,
    W: Array,
    b: Array,
    stride: Pair = (1, 1),
    mask: Mask | None = None,
    padding: Pair = (0, 0),
    flipped: bool = False,
) -> Tensors:
    """The linear part of a convolution layer (a cross-correlation, as in PyTorch, unless flipped).

    Args:
        x: (N, C, H, W).
        W: (K, C, kh, kw).
        b: (K,).
        mask: (K, C), True where output map K reads input map C; None is dense.
        padding: zeros above and below, left and right.
        flipped: the kernel is turned by half a turn, a true convolution.
    Returns:
        a: (N*OH*OW, C*kh*kw); z: (N, K, OH, OW).
    """
    x = matrix.padded(x, padding)
    n, _, h, w = x.shape
    k, _, kh, kw = W.shape
    a = matrix.im2col(x, (kh, kw), stride)
    z = pre_activation(a, weight_matrix(turned(masked(W, mask), flipped)), b)
    size = matrix.output_size(h, kh, stride[0]), matrix.output_size(w, kw, stride[1])
    return {"a": a, "z": matrix.to_volume(z, (n, k, *size))}


def backward(
    x: Array,
    a: Array,
    W: Array,
    dz: Array,
    stride: Pair = (1, 1),
    mask: Mask | None = None,
    padding: Pair = (0, 0),
    flipped: bool = False,
) -> Tensors:
    """Gradients of the linear part from the upstream dz (N, K, OH, OW).

    Returns:
        da: (N*OH*OW, C*kh*kw); dx: (N, C, H, W); dW: (K, C, kh, kw); db: (K,).
    """
    rows = matrix.to_rows(dz)
    da = input_matrix_gradient(rows, weight_matrix(turned(masked(W, mask), flipped)))
    dW = masked(turned(weight_gradient(a, rows).T.reshape(W.shape), flipped), mask)
    (n, c, h, w), (ph, pw) = x.shape, padding
    outer = (n, c, h + 2 * ph, w + 2 * pw)
    dx = matrix.cropped(matrix.col2im(da, outer, (W.shape[2], W.shape[3]), stride), padding)
    return {"da": da, "dx": dx, "dW": dW, "db": bias_gradient(rows)}


def layer_forward(layer: Convolution, x: Array, p: Parameters) -> Tensors:
    """The linear part of a layer."""
    b = p["b"] if layer.bias else np.zeros(layer.maps_out, x.dtype)
    return forward(x, p["W"], b, *_options(layer))


def layer_backward(layer: Convolution, t: Tensors, dz: Array) -> Tensors:
    """Gradients of the linear part of a layer."""
    found = backward(t["x"], t["a"], t["W"], dz, *_options(layer))
    return {symbol: value for symbol, value in found.items() if layer.bias or symbol != "db"}


def _options(layer: Convolution) -> tuple[Pair, Mask | None, Pair, bool]:
    return layer.stride, connection_mask(layer), layer.padding, layer.flipped


def connection_mask(layer: Convolution) -> Mask | None:
    """T of a sparse layer as booleans, None of a dense one.  Eq. H-C3-mask, convolution-W."""
    return None if layer.table is None else connections.mask(layer.table, layer.maps_in)
