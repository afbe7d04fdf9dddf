"""Every operation written out a third time, for arrays of any precision.

Independent of both sides by method: sliding windows instead of im2col or torch, the gradient
of a convolution's input as a full correlation with the rotated kernel instead of a scatter,
closed-form derivatives instead of autograd.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from verify.truth import losses
from verify.truth.inputs import Array, Inputs


def _fields(x: Array, i: Inputs) -> Array:
    """(N, C, OH, OW, kh, kw) receptive fields."""
    sh, sw = i.spec.stride
    return sliding_window_view(x, i.spec.kernel, axis=(2, 3))[:, :, ::sh, ::sw]


def _filters(W: Array, i: Inputs) -> Array:
    """W without the links that the layer's table leaves out."""
    if i.spec.table is None:
        return W
    live = np.zeros(W.shape[:2], dtype=bool)
    for k, sources in enumerate(i.spec.table):
        live[k, sorted(sources)] = True
    return np.where(live[:, :, None, None], W, 0)


def _convolution_a(i: Inputs) -> Array:
    return _fields(i[0], i).transpose(0, 2, 3, 1, 4, 5).reshape(i.shape)


def _convolution_z(i: Inputs) -> Array:
    products = np.tensordot(_fields(i[0], i), _filters(i[1], i), axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(products + i[2], -1, 1)


def _convolution_da(i: Inputs) -> Array:
    W = _filters(i[1], i)
    rows = np.tensordot(i[0], W.reshape(len(W), -1), axes=((1,), (0,)))
    return rows.reshape(i.shape)


def _convolution_dx(i: Inputs) -> Array:
    dz, W = i[0], _filters(i[1], i)
    n, k, oh, ow = dz.shape
    (kh, kw), (sh, sw), (_, _, h, w) = i.spec.kernel, i.spec.stride, i.shape
    spread = np.zeros((n, k, h + kh - 1, w + kw - 1), dtype=dz.dtype)
    spread[:, :, kh - 1 :: sh, kw - 1 :: sw][:, :, :oh, :ow] = dz
    fields = sliding_window_view(spread, (kh, kw), axis=(2, 3))
    return np.moveaxis(
        np.tensordot(fields, W[:, :, ::-1, ::-1], axes=((1, 4, 5), (0, 2, 3))), -1, 1
    )


def _convolution_dW(i: Inputs) -> Array:
    dW = np.tensordot(i[1], _fields(i[0], i), axes=((0, 2, 3), (0, 2, 3)))
    return _filters(dW, i) + i.reg * i[2]


def _bias(i: Inputs) -> Array:
    return np.moveaxis(i[0], 1, 0).reshape(i.shape[0], -1).sum(axis=1)


def _squash(z: Array) -> tuple[Array, Array]:
    """f and f' with the constants of the paper in the precision of z."""
    A = z.dtype.type("1.7159")
    S = z.dtype.type(2) / z.dtype.type(3)
    t = np.tanh(S * z)
    return A * t, A * S * (1 - t) * (1 + t)


def _activation(z: Array, name: str) -> tuple[Array, Array]:
    """f(z) and f'(z)."""
    match name:
        case "relu":
            return np.where(z > 0, z, 0), (z > 0).astype(z.dtype)
        case "squash":
            return _squash(z)
        case "tanh":
            t = np.tanh(z)
            return t, (1 - t) * (1 + t)
        case "logistic":
            e = np.exp(-np.abs(z))
            return np.where(z >= 0, 1, e) / (1 + e), e / ((1 + e) * (1 + e))
    return z, np.ones_like(z)


def _activation_y(i: Inputs) -> Array:
    return _activation(i[0], i.spec.activation)[0]


def _activation_dz(i: Inputs) -> Array:
    return i[0] * _activation(i[1], i.spec.activation)[1]


def _blocks(x: Array, i: Inputs) -> Array:
    """(N, C, OH, OW, kh*kw) pooling windows."""
    kh, kw = i.spec.window
    fields = sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::kh, ::kw]
    return fields.reshape(*fields.shape[:4], kh * kw)


def _argmax(i: Inputs) -> Array:
    """The first maximum; of NaN the last (docs/conventions.md)."""
    blocks = _blocks(i[0], i)
    last = np.where(np.isnan(blocks), np.arange(blocks.shape[-1]), -1).max(axis=-1)
    return np.where(last < 0, blocks.argmax(axis=-1), last)


def _max_da(i: Inputs) -> Array:
    size = _blocks(i[0], i).shape[-1]
    won = np.arange(size) == _argmax(i)[..., None]
    return np.where(won, i[1][..., None], 0).reshape(-1, size)


def _unblock(da: Array, i: Inputs) -> Array:
    n, c, h, w = i.shape
    kh, kw = i.spec.window
    return da.reshape(n, c, h // kh, w // kw, kh, kw).swapaxes(3, 4).reshape(i.shape)


def _share(i: Inputs, dtype: Any) -> Any:
    kh, kw = i.spec.window
    return dtype.type(1) / (1 if i.spec.reading == "sum" else kh * kw)


def _subsampling_dx(i: Inputs) -> Array:
    kh, kw = i.spec.window
    return i[0].repeat(kh, axis=2).repeat(kw, axis=3) * _share(i, i[0].dtype)


def _subsampling_da(i: Inputs) -> Array:
    return np.repeat(i[0].reshape(-1, 1), i.shape[1], axis=1) * _share(i, i[0].dtype)


def _per_map(values: Array) -> Array:
    return values[None, :, None, None]


def _rbf_gradient(i: Inputs, axis: int) -> Array:
    difference = i[0][:, None, :] - i[1][None]
    return (2 * i[2][:, :, None] * difference).sum(axis=axis)


FORMULAS: dict[str, Callable[[Inputs], Array]] = {
    "link": lambda i: i[0].reshape(i.shape),
    "convolution.a": _convolution_a,
    "convolution.z": _convolution_z,
    "convolution.da": _convolution_da,
    "convolution.dx": _convolution_dx,
    "convolution.dW": _convolution_dW,
    "convolution.db": _bias,
    "affine.z": lambda i: np.tensordot(i[0], i[1], axes=((1,), (1,))) + i[2],
    "affine.dx": lambda i: np.tensordot(i[0], i[1], axes=((1,), (0,))),
    "affine.dW": lambda i: np.tensordot(i[1], i[0], axes=((0,), (0,))) + i.reg * i[2],
    "affine.db": _bias,
    "activation.y": _activation_y,
    "activation.dz": _activation_dz,
    "max_pool.a": lambda i: _blocks(i[0], i).reshape(i.shape),
    "max_pool.argmax": _argmax,
    "max_pool.z": lambda i: _blocks(i[0], i).max(axis=-1),
    "max_pool.da": _max_da,
    "max_pool.dx": lambda i: _unblock(_max_da(i), i),
    "subsampling.a": lambda i: _blocks(i[0], i).reshape(i.shape),
    "subsampling.s": lambda i: _blocks(i[0], i).sum(axis=-1) * _share(i, i[0].dtype),
    "subsampling.z": lambda i: _per_map(i[1]) * i[0] + _per_map(i[2]),
    "subsampling.ds": lambda i: _per_map(i[1]) * i[0],
    "subsampling.da": _subsampling_da,
    "subsampling.dx": _subsampling_dx,
    "subsampling.dW": lambda i: (i[0] * i[1]).sum(axis=(0, 2, 3)),
    "subsampling.db": _bias,
    "rbf.y": lambda i: ((i[0][:, None, :] - i[1][None]) ** 2).sum(axis=2),
    "rbf.dx": lambda i: _rbf_gradient(i, 1),
    "rbf.dW": lambda i: -_rbf_gradient(i, 0),
    "cross_entropy.probs": losses.probs,
    "cross_entropy.data": losses.data,
    "cross_entropy.dx": losses.loss_dx,
    "map.probs": losses.probs,
    "map.data": losses.data,
    "map.dx": losses.loss_dx,
    "mle.data": losses.data,
    "mle.dx": losses.loss_dx,
    "regulariser.reg": losses.regulariser,
    "total": lambda i: i[0] + i[1],
}
