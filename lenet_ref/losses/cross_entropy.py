"""Softmax and cross-entropy of the modern variant."""

from __future__ import annotations

import numpy as np

from lenet_ref.specs.loss import Loss
from lenet_ref.types import Array, Labels, Tensors

__all__ = ["REGULARISED", "data_loss", "exponentials", "gradient", "one_hot", "probabilities",
           "symbols", "upstream"]  # fmt: skip
REGULARISED = True


def one_hot(labels: Labels, like: Array) -> Array:
    """Y: (N, K) with a 1 at each pattern's class, in the dtype of ``like``."""
    return (labels[:, None] == np.arange(like.shape[1])).astype(like.dtype)


def exponentials(x: Array) -> tuple[Array, Array]:
    """Shifted logits x - max per row (erratum S32) and their exponentials, both (N, K)."""
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted, np.exp(shifted)


def probabilities(x: Array) -> Array:
    """probs = exp(x) / (exp(x) 1 1^T), per row, (N, K).  Eq. M-loss-probs."""
    e = exponentials(x)[1]
    return e / e.sum(axis=1, keepdims=True)


def data_loss(x: Array, labels: Labels) -> Array:
    """dataLoss = -(1/N) sum_n ln probs[n, label_n], 0-d.  Eq. M-loss-data.

    Evaluated as ln(sum exp) - x[label] on shifted logits: exact zeros of probs do no harm.
    """
    shifted, e = exponentials(x)
    chosen = shifted[np.arange(len(x)), labels]
    per_pattern = np.log(e.sum(axis=1)) - chosen
    return np.asarray(per_pattern.sum() / len(x), dtype=x.dtype)


def gradient(probs: Array, labels: Labels) -> Array:
    """dx = (probs - Y) / N.  Eq. M-loss-dx; the source drops 1/N (errata S14, S15)."""
    return (probs - one_hot(labels, probs)) / len(probs)


def symbols(loss: Loss, x: Array, labels: Labels) -> Tensors:
    """probs and the mean data loss from the logits."""
    return {"probs": probabilities(x), "data": data_loss(x, labels)}


def upstream(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    return gradient(t["probs"], labels)
