"""Every sum an einsum over views; dx as a convolution of padded dz with the turned kernel."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right.wiring import Array, Arrays, Operations, run


class Einsum(Operations):
    """np.einsum's own loops, no BLAS."""

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        fields = sliding_window_view(x, W.shape[2:], axis=(2, 3))
        return np.einsum("nchwij,kcij->nkhw", fields, W) + b[None, :, None, None]

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        i, j = W.shape[2] - 1, W.shape[3] - 1
        padded = np.pad(dz, ((0, 0), (0, 0), (i, i), (j, j)))
        fields = sliding_window_view(padded, W.shape[2:], axis=(2, 3))
        return np.einsum("nkhwij,kcij->nchw", fields, W[:, :, ::-1, ::-1])

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        fields = sliding_window_view(x, W.shape[2:], axis=(2, 3))
        return np.einsum("nkhw,nchwij->kcij", dz, fields)

    def to_biases(self, dz: Array) -> Array:
        return np.einsum("nkhw->k", dz)


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    return run(Einsum(), parameters, images, labels, reg)
