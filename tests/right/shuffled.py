"""Another order of summation in every call, from the system's entropy."""

from __future__ import annotations

import os

import numpy as np

from tests.right.fields import as_rows
from tests.right.products import Products
from tests.right.wiring import Array, Arrays, run


class Shuffled(Products):
    """The inner axis of every product is permuted first."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(int.from_bytes(os.urandom(8), "little"))

    def product(self, a: Array, b: Array) -> Array:
        """a @ b in an order of its own, cut in two at a place of its own."""
        order = self.rng.permutation(len(b))
        first, second = np.split(order, [int(self.rng.integers(len(b) + 1))])
        return a[:, first] @ b[first] + a[:, second] @ b[second]

    def to_biases(self, dz: Array) -> Array:
        rows = as_rows(dz)
        db: Array = np.add.accumulate(rows[self.rng.permutation(len(rows))], axis=0)[-1]
        return db


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Shuffled(), parameters, images, labels, reg)
