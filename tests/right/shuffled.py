"""Another order of summation in every call, from the system's entropy."""

from __future__ import annotations

import os

import numpy as np

from tests.right.fields import as_rows, as_volume, gathered, scattered
from tests.right.wiring import Array, Arrays, Operations, run


class Shuffled(Operations):
    """The inner axis of every product is permuted first."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(int.from_bytes(os.urandom(8), "little"))

    def product(self, a: Array, b: Array) -> Array:
        """a @ b in an order of its own, cut in two at a place of its own."""
        order = self.rng.permutation(len(b))
        first, second = np.split(order, [int(self.rng.integers(len(b) + 1))])
        return a[:, first] @ b[first] + a[:, second] @ b[second]

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        rows = self.product(gathered(x, W.shape[2:]), W.reshape(len(W), -1).T) + b
        return as_volume(rows, x, W.shape[2:])

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        return scattered(self.product(as_rows(dz), W.reshape(len(W), -1)), x, W.shape[2:])

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        return self.product(as_rows(dz).T, gathered(x, W.shape[2:])).reshape(W.shape)

    def to_biases(self, dz: Array) -> Array:
        rows = as_rows(dz)
        db: Array = np.add.accumulate(rows[self.rng.permutation(len(rows))], axis=0)[-1]
        return db


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Shuffled(), parameters, images, labels, reg)
