"""Truth of max pooling."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs, blocks, scattered


def _argmax(i: Inputs) -> Array:
    """The maximum that is met first in the order of the ties; of NaN the last one met
    (docs/conventions.md)."""
    order = _order(i)
    windows = blocks(i[0], i)[..., order]
    last = np.where(np.isnan(windows), np.arange(len(order)), -1).max(axis=-1)
    return order[np.where(last < 0, windows.argmax(axis=-1), last)]


def _order(i: Inputs) -> Array:
    """Places of a window as they are gone through."""
    kh, kw = i.spec.window
    places = range(kh * kw)
    if i.spec.ties == "last":
        return np.array(places[::-1])
    if i.spec.ties == "column-major":
        return np.array(sorted(places, key=lambda place: (place % kw, place)))
    return np.array(places)


def _da(i: Inputs) -> Array:
    windows, dz = blocks(i[0], i), i[1][..., None]
    size = windows.shape[-1]
    if i.spec.ties in ("all", "divided"):
        won = windows >= windows.max(axis=-1, keepdims=True)
        dz = dz / np.count_nonzero(won, axis=-1)[..., None] if i.spec.ties == "divided" else dz
    else:
        won = np.arange(size) == _argmax(i)[..., None]
    return np.where(won, dz, 0).reshape(-1, size)


def _dx(i: Inputs) -> Array:
    (n, c, h, w), (kh, kw), da = i.shape, i.spec.window, _da(i)
    if not i.spec.tiled:
        return scattered(da, i)
    return da.reshape(n, c, h // kh, w // kw, kh, kw).swapaxes(3, 4).reshape(i.shape)


FORMULAS: Formulas = {
    "max_pool.a": lambda i: blocks(i[0], i).reshape(i.shape),
    "max_pool.argmax": _argmax,
    "max_pool.z": lambda i: blocks(i[0], i).max(axis=-1),
    "max_pool.da": _da,
    "max_pool.dx": _dx,
}
