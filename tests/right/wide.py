"""Storage in the format of the case, sums in a wider one: float64 for float32, else longdouble."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right.wiring import Array, Arrays, Operations, run


def wide(value: Array) -> Array:
    """The same numbers in the wider format."""
    return value.astype(np.float64 if value.dtype == np.float32 else np.longdouble)


class Wide(Operations):
    """Each result is rounded once, when it is stored."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        fields, weights = sliding_window_view(wide(x), W.shape[2:], axis=(2, 3)), wide(W)
        sums = np.einsum("nchwij,kcij->nkhw", fields, weights)
        return (sums + wide(b)[:, None, None]).astype(x.dtype)

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        dx, gradient, weights = np.zeros_like(wide(x)), wide(dz), wide(W)
        for i in range(W.shape[2]):
            for j in range(W.shape[3]):
                part = np.einsum("nkhw,kc->nchw", gradient, weights[:, :, i, j])
                dx[:, :, i : i + dz.shape[2], j : j + dz.shape[3]] += part
        return dx.astype(x.dtype)

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        fields = sliding_window_view(wide(x), W.shape[2:], axis=(2, 3))
        return np.einsum("nkhw,nchwij->kcij", wide(dz), fields).astype(x.dtype)

    def to_biases(self, dz: Array) -> Array:
        return wide(dz).sum(axis=(0, 2, 3)).astype(dz.dtype)

    def softmax(self, scores: Array) -> Array:
        return super().softmax(wide(scores)).astype(scores.dtype)

    def loss(self, scores: Array, labels: Array) -> Array:
        return np.asarray(super().loss(wide(scores), labels), scores.dtype)


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Wide(), parameters, images, labels, reg)
