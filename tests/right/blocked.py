"""Matrix products with rows in another order, and each sum made in blocks from the end."""

from __future__ import annotations

import numpy as np

from tests.right.fields import as_rows, as_volume, gathered, scattered
from tests.right.wiring import Array, Arrays, Operations, run

BLOCK = 32


def product(a: Array, b: Array) -> Array:
    """a @ b, block after block of the inner axis, the last first."""
    total = np.zeros((len(a), b.shape[1]), a.dtype)
    for start in reversed(range(0, len(b), BLOCK)):
        total += a[:, start : start + BLOCK] @ b[start : start + BLOCK]
    return total


class Blocked(Operations):
    """im2col; a and da are handed over in image order."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        rows = product(gathered(x, W.shape[2:]), W.reshape(len(W), -1).T) + b
        return as_volume(rows, x, W.shape[2:])

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        return scattered(product(as_rows(dz), W.reshape(len(W), -1)), x, W.shape[2:])

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        return product(as_rows(dz).T, gathered(x, W.shape[2:])).reshape(W.shape)

    def to_biases(self, dz: Array) -> Array:
        return product(np.ones((1, dz.size // dz.shape[1]), dz.dtype), as_rows(dz))[0]

    def extras(self, x: Array, dz: Array, W: Array) -> Arrays:
        a = gathered(x, W.shape[2:])
        da = product(as_rows(dz), W.reshape(len(W), -1))
        return {"a": by_image(a, len(x)), "da": by_image(da, len(x))}


def by_image(rows: Array, n: int) -> Array:
    """The same rows, image by image."""
    return rows.reshape(-1, n, rows.shape[1]).swapaxes(0, 1).reshape(rows.shape)


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Blocked(), parameters, images, labels, reg)
