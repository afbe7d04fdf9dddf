"""Truth of convolutions: sliding windows, and a full correlation with the rotated kernel."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from verify.truth.inputs import Array, Formulas, Inputs, bias_gradient


def _fields(x: Array, i: Inputs) -> Array:
    """(N, C, OH, OW, kh, kw) receptive fields."""
    sh, sw = i.spec.stride
    ph, pw = i.spec.padding
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))) if ph or pw else x
    return sliding_window_view(x, i.spec.kernel, axis=(2, 3))[:, :, ::sh, ::sw]


def _filters(W: Array, i: Inputs) -> Array:
    """W as it meets a field: reversed in a true convolution, without the links that the layer's
    table leaves out; its own inverse where those are zero."""
    W = np.flip(W, axis=(2, 3)) if i.spec.flipped else W
    if i.spec.table is None:
        return W
    live = np.zeros(W.shape[:2], dtype=bool)
    for k, sources in enumerate(i.spec.table):
        live[k, sorted(sources)] = True
    return np.where(live[:, :, None, None], W, 0)


def _a(i: Inputs) -> Array:
    return _fields(i[0], i).transpose(0, 2, 3, 1, 4, 5).reshape(i.shape)


def _z(i: Inputs) -> Array:
    products = np.tensordot(_fields(i[0], i), _filters(i[1], i), axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(products + i.bias, -1, 1)


def _da(i: Inputs) -> Array:
    W = _filters(i[1], i)
    rows = np.tensordot(i[0], W.reshape(len(W), -1), axes=((1,), (0,)))
    return rows.reshape(i.shape)


def _dx(i: Inputs) -> Array:
    """On the padded volume, whose border is then left out."""
    dz, W = i[0], _filters(i[1], i)
    n, k, oh, ow = dz.shape
    (kh, kw), (sh, sw), (ph, pw) = i.spec.kernel, i.spec.stride, i.spec.padding
    h, w = i.shape[2] + 2 * ph, i.shape[3] + 2 * pw
    spread = np.zeros((n, k, h + kh - 1, w + kw - 1), dtype=dz.dtype)
    spread[:, :, kh - 1 :: sh, kw - 1 :: sw][:, :, :oh, :ow] = dz
    fields = sliding_window_view(spread, (kh, kw), axis=(2, 3))[:, :, ph : h - ph, pw : w - pw]
    return np.moveaxis(
        np.tensordot(fields, W[:, :, ::-1, ::-1], axes=((1, 4, 5), (0, 2, 3))), -1, 1
    )


def _dW(i: Inputs) -> Array:
    dW = np.tensordot(i[1], _fields(i[0], i), axes=((0, 2, 3), (0, 2, 3)))
    return _filters(dW, i) + i.reg * i[2]


FORMULAS: Formulas = {
    "convolution.a": _a,
    "convolution.z": _z,
    "convolution.da": _da,
    "convolution.dx": _dx,
    "convolution.dW": _dW,
    "convolution.db": bias_gradient,
}
