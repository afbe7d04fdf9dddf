"""All products of a sum laid side by side, then added in pairs, pairs of pairs, and so on."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right.wiring import Array, Arrays, Operations, run


def halved(terms: Array) -> Array:
    """Sum over the last axis: the second half is added to the first until one is left."""
    while terms.shape[-1] > 1:
        half = (terms.shape[-1] + 1) // 2
        first, second = terms[..., :half].copy(), terms[..., half:]
        first[..., : second.shape[-1]] += second
        terms = first
    return terms[..., 0]


class Pairwise(Operations):
    """A tree of additions; its depth is the logarithm of the number of terms."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        fields = sliding_window_view(x, W.shape[2:], axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
        (n, h, w), flat = fields.shape[:3], W.reshape(len(W), -1)
        rows = fields.reshape(n, h, w, -1)
        maps = [halved(rows * weights) + bias for weights, bias in zip(flat, b, strict=True)]
        return np.stack(maps, axis=1)

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        (kh, kw), turned = W.shape[2:], W[:, :, ::-1, ::-1].swapaxes(0, 1)
        edge = ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1))
        nothing = np.zeros(x.shape[1], dz.dtype)
        return self.forward(np.pad(dz, edge), turned, nothing)

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        (h, w), flat = dz.shape[2:], dz.swapaxes(0, 1).reshape(dz.shape[1], -1)
        dW = np.empty_like(W)
        for c, i, j in np.ndindex(*W.shape[1:]):
            dW[:, c, i, j] = halved(flat * x[:, c, i : i + h, j : j + w].reshape(-1))
        return dW

    def to_biases(self, dz: Array) -> Array:
        return halved(dz.swapaxes(0, 1).reshape(dz.shape[1], -1))


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Pairwise(), parameters, images, labels, reg)
