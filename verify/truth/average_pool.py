"""Truth of average pooling."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs, blocks, scattered


def _size(i: Inputs) -> Array:
    """Elements of a window, in the precision of the case."""
    kh, kw = i.spec.window
    return i[0].dtype.type(kh * kw)


def _dx(i: Inputs) -> Array:
    kh, kw = i.spec.window
    share = i[0] / _size(i)
    if not i.spec.tiled:
        return scattered(np.repeat(share.reshape(-1, 1), kh * kw, axis=1), i)
    return np.kron(share, np.ones((kh, kw), dtype=share.dtype))


FORMULAS: Formulas = {
    "average_pool.a": lambda i: blocks(i[0], i).reshape(i.shape),
    "average_pool.z": lambda i: blocks(i[0], i).sum(axis=-1) / _size(i),
    "average_pool.da": lambda i: np.outer(i[0] / _size(i), np.ones(i.shape[1], dtype=i[0].dtype)),
    "average_pool.dx": _dx,
}
