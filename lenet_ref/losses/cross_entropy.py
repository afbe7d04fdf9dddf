"""Softmax and cross-entropy of the modern variant, and cross-entropy with smoothed targets."""

from __future__ import annotations

import numpy as np

from lenet_ref.specs.loss import Loss
from lenet_ref.types import Array, Labels, Tensors

__all__ = ["REGULARISED", "data_loss", "exponentials", "gradient", "one_hot", "probabilities",
           "smoothed_gradient", "smoothed_loss", "smoothed_targets", "symbols",
           "upstream"]  # fmt: skip
REGULARISED = True


def one_hot(labels: Labels, like: Array) -> Array:
    """Y: (N, K) with a 1 at each pattern's class, in the dtype of ``like``."""
    return (labels[:, None] == np.arange(like.shape[1])).astype(like.dtype)


def exponentials(x: Array) -> tuple[Array, Array]:
    """Shifted logits x - max per row (erratum S32) and their exponentials, both (N, K)."""
    shifted = x - x.max(axis=1, keepdims=True)
    return shifted, np.exp(shifted)


def probabilities(x: Array) -> Array:
    """probs = exp(x) / (exp(x) 1 1^T), per row, (N, K).
    Eq. M-loss-probs, cross_entropy-probs, squared_error-probs."""
    e = exponentials(x)[1]
    return e / e.sum(axis=1, keepdims=True)


def data_loss(x: Array, labels: Labels) -> Array:
    """dataLoss = -(1/N) sum_n ln probs[n, label_n], 0-d.
    Eq. M-loss-data, cross_entropy-data with s = 0.

    Evaluated as ln(sum exp) - x[label] on shifted logits: exact zeros of probs do no harm.
    """
    shifted, e = exponentials(x)
    chosen = shifted[np.arange(len(x)), labels]
    per_pattern = np.log(e.sum(axis=1)) - chosen
    return np.asarray(per_pattern.sum() / len(x), dtype=x.dtype)


def gradient(probs: Array, labels: Labels) -> Array:
    """dx = (probs - Y) / N.  Eq. M-loss-dx, cross_entropy-dx with s = 0; the source drops 1/N
    (errata S14, S15)."""
    return (probs - one_hot(labels, probs)) / len(probs)


def smoothed_targets(labels: Labels, like: Array, s: float) -> Array:
    """(1 - s) Y + s / K, (N, K): the share s of each target is spread over all K classes, the
    right one included (Szegedy et al., 2016; PyTorch's label_smoothing)."""
    return (1 - s) * one_hot(labels, like) + like.dtype.type(s / like.shape[1])


def smoothed_loss(x: Array, labels: Labels, s: float) -> Array:
    """-(1/N) sum_nk T_nk ln probs_nk with T the smoothed targets, 0-d.  Eq. cross_entropy-data.

    A row of T sums to 1, so that this is ln(sum exp) - (1 - s) x[label] - s (mean of x), on
    shifted logits.
    """
    shifted, e = exponentials(x)
    chosen = (1 - s) * shifted[np.arange(len(x)), labels] + s * shifted.mean(axis=1)
    per_pattern = np.log(e.sum(axis=1)) - chosen
    return np.asarray(per_pattern.sum() / len(x), dtype=x.dtype)


def smoothed_gradient(probs: Array, labels: Labels, s: float) -> Array:
    """dx = (probs - T) / N with T the smoothed targets.  Eq. cross_entropy-dx."""
    return (probs - smoothed_targets(labels, probs, s)) / len(probs)


def symbols(loss: Loss, x: Array, labels: Labels) -> Tensors:
    """probs and the mean data loss from the logits."""
    s = loss.smoothing
    data = smoothed_loss(x, labels, s) if s else data_loss(x, labels)
    return {"probs": probabilities(x), "data": data}


def upstream(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    s = loss.smoothing
    return smoothed_gradient(t["probs"], labels, s) if s else gradient(t["probs"], labels)
