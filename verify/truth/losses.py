"""Losses of the truth, from log sum exp written out."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Inputs


def _logits(i: Inputs) -> Array:
    x = i[0]
    if i.spec.kind != "map":
        return x
    return np.concatenate([-x, np.full((len(x), 1), -i.spec.j, dtype=x.dtype)], axis=1)


def _softmax(v: Array) -> tuple[Array, Array]:
    """Probabilities and their logarithms, both (N, K)."""
    shifted = v - v.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    return e / total, shifted - np.log(total)


def probs(i: Inputs) -> Array:
    """Class probabilities, without the rubbish class."""
    return _softmax(_logits(i))[0][:, : i.shape[1]]


def data(i: Inputs) -> Array:
    """Cross-entropy, eq. 8 or eq. 9."""
    values = _logits(i) if i.spec.kind == "mle" else -_softmax(_logits(i))[1]
    each = values[np.arange(len(values)), i.labels]
    return np.asarray(each.mean() if i.spec.reduction == "mean" else each.sum())


def loss_dx(i: Inputs) -> Array:
    """Gradient of the loss at its input."""
    Y = np.eye(i.shape[1], dtype=i[0].dtype)[i.labels]
    share = Y.dtype.type(len(Y) if i.spec.gradient == "mean" else 1)
    if i.spec.kind == "mle":
        return Y / share
    sign = -1 if i.spec.kind == "map" else 1
    return sign * (probs(i) - Y) / share


def regulariser(i: Inputs) -> Array:
    """reg/2 times the sum of squares."""
    half = i.arrays[0].dtype.type(i.spec.reg) / 2
    return np.asarray(half * sum((W * W).sum() for W in i.arrays))
