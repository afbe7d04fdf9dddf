"""Matrix products with rows in another order, and each sum made in blocks from the end."""

from __future__ import annotations

import numpy as np

from tests.right.fields import as_rows, gathered
from tests.right.products import Products
from tests.right.wiring import Array, Arrays, run

BLOCK = 32


class Blocked(Products):
    """im2col; a and da are handed over in image order."""

    def product(self, a: Array, b: Array) -> Array:
        """a @ b, block after block of the inner axis, the last first."""
        total = np.zeros((len(a), b.shape[1]), a.dtype)
        for start in reversed(range(0, len(b), BLOCK)):
            total += a[:, start : start + BLOCK] @ b[start : start + BLOCK]
        return total

    def to_biases(self, dz: Array) -> Array:
        return self.product(np.ones((1, dz.size // dz.shape[1]), dz.dtype), as_rows(dz))[0]

    def extras(self, x: Array, dz: Array, W: Array) -> Arrays:
        a = gathered(x, W.shape[2:])
        da = self.product(as_rows(dz), W.reshape(len(W), -1))
        return {"a": by_image(a, len(x)), "da": by_image(da, len(x))}


def by_image(rows: Array, n: int) -> Array:
    """The same rows, image by image."""
    return rows.reshape(-1, n, rows.shape[1]).swapaxes(0, 1).reshape(rows.shape)


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Blocked(), parameters, images, labels, reg)
