"""Maximum a posteriori criterion of 1998 (paper eq. 9), with a rubbish class at distance j."""

from __future__ import annotations

import numpy as np

from lenet_ref.losses.cross_entropy import exponentials, one_hot
from lenet_ref.specs.loss import Loss
from lenet_ref.types import Array, Labels, Tensors

__all__ = ["REGULARISED", "data_loss", "gradient", "probabilities", "symbols", "upstream",
           "with_rubbish"]  # fmt: skip
REGULARISED = False


def with_rubbish(y: Array, j: float) -> Array:
    """Logits -y of the K classes and -j of the rubbish class, (P, K + 1)."""
    return np.concatenate([-y, np.full((len(y), 1), -j, dtype=y.dtype)], axis=1)


def probabilities(y: Array, j: float) -> Array:
    """p_i = e^-y_i / (e^-j + sum_k e^-y_k), (P, K); rows sum to less than 1.
    Eq. H-loss-probs, map-probs.  Shifted by the largest exponent: y reaches 619, and
    exp(-104) is 0 in float32."""
    e = exponentials(with_rubbish(y, j))[1]
    return e[:, :-1] / e.sum(axis=1, keepdims=True)


def data_loss(y: Array, labels: Labels, j: float) -> Array:
    """E = (1/P) sum_p [y_D + ln(e^-j + sum_i e^-y_i)], 0-d.  Eq. H-loss-data (MAP),
    map-data; paper eq. 9.  i runs over all classes, D included."""
    logits = with_rubbish(y, j)
    shifted, e = exponentials(logits)
    chosen = shifted[np.arange(len(y)), labels]
    return np.asarray((np.log(e.sum(axis=1)) - chosen).sum() / len(y), dtype=y.dtype)


def gradient(probs: Array, labels: Labels) -> Array:
    """dE/dy = (Y - p) / P, (P, K).  Eq. H-loss-dx (MAP), map-dx."""
    return (one_hot(labels, probs) - probs) / len(probs)


def symbols(loss: Loss, x: Array, labels: Labels) -> Tensors:
    """probs and the mean data loss from the distances."""
    return {"probs": probabilities(x, loss.j), "data": data_loss(x, labels, loss.j)}


def upstream(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    return gradient(t["probs"], labels)
