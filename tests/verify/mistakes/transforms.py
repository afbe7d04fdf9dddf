"""Convolutions by transforms: the same sums, with the errors of a transform."""

from __future__ import annotations

import numpy as np

from tests.verify.mistakes.said import Array


def fft(x: Array, W: Array, b: Array) -> Array:
    """z (N, K, H-4, W-4) by Fourier transforms of the whole volume."""
    size = x.shape[2:]
    spectra = np.fft.rfft2(x), np.fft.rfft2(W, size)
    product = np.einsum("nchw,kchw->nkhw", spectra[0], spectra[1].conj())
    rows, columns = size[0] - W.shape[2] + 1, size[1] - W.shape[3] + 1
    z = np.fft.irfft2(product, size)[:, :, :rows, :columns]
    return np.asarray(z + b[:, None, None], dtype=x.dtype)


POINTS = (0.0, 1.0, -1.0, 2.0, -2.0)
"""And infinity: F(2, 5) makes two outputs of six inputs, by products at six points."""


def matrices() -> tuple[Array, Array, Array]:
    """A^T (2, 6), G (6, 5) and B^T (6, 6) of F(2, 5), by the rule of Toom and Cook."""
    p = np.array(POINTS)
    powers = np.vander(p, 6, increasing=True)
    evaluate = np.vstack([powers, np.eye(6)[5]])
    G = np.vstack([powers[:, :5], np.eye(5)[4]])
    A = np.vstack([powers[:, :2], np.eye(2)[1]])
    return A.T, G, np.linalg.inv(evaluate).T


def winograd(x: Array, W: Array, b: Array) -> Array:
    """z by F(2x2, 5x5), tile by tile."""
    A, G, B = matrices()
    kernels = np.einsum("iu,kcuv,jv->kcij", G, W, G)
    n, _, h, w = x.shape
    z = np.zeros((n, len(W), h - 4, w - 4))
    for i in range(0, h - 4, 2):
        for j in range(0, w - 4, 2):
            tile = np.einsum("iu,ncuv,jv->ncij", B, x[:, :, i : i + 6, j : j + 6], B)
            sums = np.einsum("ncij,kcij->nkij", tile, kernels)
            z[:, :, i : i + 2, j : j + 2] = np.einsum("iu,nkuv,jv->nkij", A, sums, A)
    return z + b[:, None, None]
