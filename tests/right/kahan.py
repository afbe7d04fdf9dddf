"""Shifted images, scaled and added with Kahan's correction; no receptive field is gathered."""

from __future__ import annotations

import numpy as np

from tests.right.wiring import Array, Arrays, Operations, run


class Kahan:
    """A sum that carries what each addition lost."""

    def __init__(self, start: Array) -> None:
        self.total, self.lost = start, np.zeros_like(start)

    def add(self, term: Array) -> None:
        """One more term."""
        corrected = term - self.lost
        following = self.total + corrected
        self.lost = (following - self.total) - corrected
        self.total = following


class ShiftAndAdd(Operations):
    """Loops over kernel elements and maps; every sum is compensated."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        (_, maps, kh, kw), (n, _, height, width) = W.shape, x.shape
        h, w = height - kh + 1, width - kw + 1
        z = Kahan(np.zeros((n, len(W), h, w), x.dtype) + b[:, None, None])
        for c, i, j in np.ndindex(maps, kh, kw):
            z.add(x[:, c, None, i : i + h, j : j + w] * W[:, c, i, j][:, None, None])
        return z.total

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        (maps, h, w), dx = dz.shape[1:], Kahan(np.zeros_like(x))
        for k, i, j in np.ndindex(maps, *W.shape[2:]):
            term = np.zeros_like(x)
            weights = W[k, :, i, j][:, None, None]
            term[:, :, i : i + h, j : j + w] = dz[:, k, None] * weights
            dx.add(term)
        return dx.total

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        dW, (kh, kw) = Kahan(np.zeros_like(W)), W.shape[2:]
        for n, p, q in np.ndindex(len(dz), *dz.shape[2:]):
            dW.add(dz[n, :, p, q][:, None, None, None] * x[n, :, p : p + kh, q : q + kw])
        return dW.total

    def to_biases(self, dz: Array) -> Array:
        db = Kahan(np.zeros(dz.shape[1], dz.dtype))
        for n, p, q in np.ndindex(len(dz), *dz.shape[2:]):
            db.add(dz[n, :, p, q])
        return db.total


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(ShiftAndAdd(), parameters, images, labels, reg)
