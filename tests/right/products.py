"""Convolutions as products of matrices of receptive fields; the product is each one's own."""

from __future__ import annotations

from abc import abstractmethod

from tests.right.fields import as_rows, as_volume, gathered, scattered
from tests.right.wiring import Array, Operations


class Products(Operations):
    """im2col, with one product for every use."""

    @abstractmethod
    def product(self, a: Array, b: Array) -> Array:
        """a @ b."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        rows = self.product(gathered(x, W.shape[2:]), W.reshape(len(W), -1).T) + b
        return as_volume(rows, x, W.shape[2:])

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        return scattered(self.product(as_rows(dz), W.reshape(len(W), -1)), x, W.shape[2:])

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        return self.product(as_rows(dz).T, gathered(x, W.shape[2:])).reshape(W.shape)
