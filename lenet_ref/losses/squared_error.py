"""Squared error of one-hot targets, on the outputs as they are or on their softmax."""

from __future__ import annotations

import numpy as np

from lenet_ref.losses.cross_entropy import one_hot, probabilities
from lenet_ref.specs.squared_error import SquaredError
from lenet_ref.types import Array, Labels, Tensors

__all__ = ["REGULARISED", "data_loss", "gradient", "symbols", "through_softmax", "upstream"]
REGULARISED = True


def data_loss(p: Array, labels: Labels, weight: float) -> Array:
    """E = (c/N) sum_nk (p_nk - Y_nk)^2, 0-d; p: outputs or probabilities (N, K); c: 1 or 1/2,
    divided by K where the classes are averaged.  Eq. squared_error-data."""
    e = p - one_hot(labels, p)
    return np.asarray((e * e).sum() * weight / len(p), dtype=p.dtype)


def gradient(p: Array, labels: Labels, weight: float) -> Array:
    """dE/dp = 2c (p - Y) / N, (N, K); the gradient at the outputs where they are p.
    Eq. squared_error-dx."""
    return (p - one_hot(labels, p)) * (2 * weight) / len(p)


def through_softmax(p: Array, dp: Array) -> Array:
    """dx_i = p_i (dp_i - sum_k dp_k p_k), per row, (N, K): dp times softmax's Jacobian
    diag(p) - p p^T, which is symmetric and not diagonal.  Eq. squared_error-dx."""
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))


def symbols(loss: SquaredError, x: Array, labels: Labels) -> Tensors:
    """The mean data loss from the outputs, and probs where it is taken on them."""
    weight = loss.weight(x.shape[1])
    if loss.on == "outputs":
        return {"data": data_loss(x, labels, weight)}
    p = probabilities(x)
    return {"probs": p, "data": data_loss(p, labels, weight)}


def upstream(loss: SquaredError, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    weight = loss.weight(t["x"].shape[1])
    if loss.on == "outputs":
        return gradient(t["x"], labels, weight)
    return through_softmax(t["probs"], gradient(t["probs"], labels, weight))
