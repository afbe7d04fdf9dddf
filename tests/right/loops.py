"""Plain loops over output places, one receptive field at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.right.wiring import Array, Arrays, Operations, run


def places(z: Array, W: Array) -> Iterator[tuple[int, int, slice, slice]]:
    """Row and column of each output, and the rows and columns it reads."""
    for p in range(z.shape[2]):
        for q in range(z.shape[3]):
            yield p, q, slice(p, p + W.shape[2]), slice(q, q + W.shape[3])


class Loops(Operations):
    """Sums over places are made one place after the other."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        size = x.shape[2] - W.shape[2] + 1, x.shape[3] - W.shape[3] + 1
        z = np.empty((len(x), len(W), *size), x.dtype)
        for p, q, rows, columns in places(z, W):
            z[:, :, p, q] = b + np.tensordot(x[:, :, rows, columns], W, ((1, 2, 3), (1, 2, 3)))
        return z

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        dx = np.zeros_like(x)
        for p, q, rows, columns in places(dz, W):
            dx[:, :, rows, columns] += np.tensordot(dz[:, :, p, q], W, ((1,), (0,)))
        return dx

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        dW = np.zeros_like(W)
        for p, q, rows, columns in places(dz, W):
            dW += np.tensordot(dz[:, :, p, q], x[:, :, rows, columns], ((0,), (0,)))
        return dW

    def to_biases(self, dz: Array) -> Array:
        db = np.zeros(dz.shape[1], dz.dtype)
        for image in dz:
            for row in np.moveaxis(image, 0, 2).reshape(-1, len(db)):
                db += row
        return db


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Loops(), parameters, images, labels, reg)
