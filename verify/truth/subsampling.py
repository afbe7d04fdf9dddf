"""Truth of trainable subsampling."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs, bias_gradient, blocks, scattered


def _share(i: Inputs, dtype: Any) -> Any:
    kh, kw = i.spec.window
    return dtype.type(1) / (1 if i.spec.reading == "sum" else kh * kw)


def _dx(i: Inputs) -> Array:
    kh, kw = i.spec.window
    if not i.spec.tiled:
        return scattered(_da(i), i)
    return i[0].repeat(kh, axis=2).repeat(kw, axis=3) * _share(i, i[0].dtype)


def _da(i: Inputs) -> Array:
    (kh, kw), dtype = i.spec.window, i[0].dtype
    return np.repeat(i[0].reshape(-1, 1), kh * kw, axis=1) * _share(i, dtype)


def _per_map(values: Array) -> Array:
    return values[None, :, None, None]


FORMULAS: Formulas = {
    "subsampling.a": lambda i: blocks(i[0], i).reshape(i.shape),
    "subsampling.s": lambda i: blocks(i[0], i).sum(axis=-1) * _share(i, i[0].dtype),
    "subsampling.z": lambda i: _per_map(i[1]) * i[0] + _per_map(i[2]),
    "subsampling.ds": lambda i: _per_map(i[1]) * i[0],
    "subsampling.da": _da,
    "subsampling.dx": _dx,
    "subsampling.dW": lambda i: (i[0] * i[1]).sum(axis=(0, 2, 3)),
    "subsampling.db": bias_gradient,
}
