"""Cross-entropy over minus the distances: the criterion of eq. 9 without its rubbish class."""

from __future__ import annotations

from lenet_ref.losses import cross_entropy
from lenet_ref.losses.cross_entropy import one_hot
from lenet_ref.specs.loss import Loss
from lenet_ref.types import Array, Labels, Tensors

__all__ = ["REGULARISED", "data_loss", "gradient", "probabilities", "symbols", "upstream"]
REGULARISED = True


def probabilities(y: Array) -> Array:
    """p_i = e^-y_i / sum_k e^-y_k, per row, (N, K): the nearest class is the most probable.
    Eq. distance_softmax-probs.  Shifted by the smallest distance of the row."""
    return cross_entropy.probabilities(-y)


def data_loss(y: Array, labels: Labels) -> Array:
    """E = (1/N) sum_n [y_t + ln sum_k e^-y_k] = -(1/N) sum_n ln p_t, 0-d.
    Eq. distance_softmax-data.  k runs over all classes, t included."""
    return cross_entropy.data_loss(-y, labels)


def gradient(probs: Array, labels: Labels) -> Array:
    """dx = (Y - p) / N, (N, K): the other sign than at scores, for dE/dy = -dE/d(-y).
    Eq. distance_softmax-dx."""
    return (one_hot(labels, probs) - probs) / len(probs)


def symbols(loss: Loss, x: Array, labels: Labels) -> Tensors:
    """probs and the mean data loss from the distances."""
    return {"probs": probabilities(x), "data": data_loss(x, labels)}


def upstream(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    return gradient(t["probs"], labels)
