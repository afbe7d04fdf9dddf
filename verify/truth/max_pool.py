"""Truth of max pooling."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs, blocks


def _argmax(i: Inputs) -> Array:
    """The first maximum; of NaN the last (docs/conventions.md)."""
    windows = blocks(i[0], i)
    last = np.where(np.isnan(windows), np.arange(windows.shape[-1]), -1).max(axis=-1)
    return np.where(last < 0, windows.argmax(axis=-1), last)


def _da(i: Inputs) -> Array:
    size = blocks(i[0], i).shape[-1]
    won = np.arange(size) == _argmax(i)[..., None]
    return np.where(won, i[1][..., None], 0).reshape(-1, size)


def _unblock(da: Array, i: Inputs) -> Array:
    n, c, h, w = i.shape
    kh, kw = i.spec.window
    return da.reshape(n, c, h // kh, w // kw, kh, kw).swapaxes(3, 4).reshape(i.shape)


FORMULAS: Formulas = {
    "max_pool.a": lambda i: blocks(i[0], i).reshape(i.shape),
    "max_pool.argmax": _argmax,
    "max_pool.z": lambda i: blocks(i[0], i).max(axis=-1),
    "max_pool.da": _da,
    "max_pool.dx": lambda i: _unblock(_da(i), i),
}
