"""What the truths of the losses have in common: softmax from log sum exp written out."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Inputs


def softmax(v: Array) -> tuple[Array, Array]:
    """Probabilities and their logarithms, both (N, K)."""
    shifted = v - v.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    return e / total, shifted - np.log(total)


def reduced(values: Array, i: Inputs) -> Array:
    """Mean or sum over the patterns of each one's own class."""
    return averaged(values[np.arange(len(values)), i.labels], i)


def averaged(each: Array, i: Inputs) -> Array:
    """Mean or sum over the patterns."""
    return np.asarray(each.mean() if i.spec.reduction == "mean" else each.sum())


def one_hot(i: Inputs) -> Array:
    """Y, (N, K)."""
    return np.eye(i[0].shape[1], dtype=i[0].dtype)[i.labels]


def shared(gradient: Array, i: Inputs) -> Array:
    """Divided by N, where the gradient is of the mean."""
    return gradient / gradient.dtype.type(len(gradient) if i.spec.gradient == "mean" else 1)
