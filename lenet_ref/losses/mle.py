"""Maximum likelihood criterion of 1998 (paper eq. 8): the mean distance of the right class.

This is what the source calls MSE (erratum S13); there is no 1/2 and no 1/84.
"""

from __future__ import annotations

import numpy as np

from lenet_ref.losses.cross_entropy import one_hot
from lenet_ref.specs.loss import Loss
from lenet_ref.types import Array, Labels, Tensors

REGULARISED = False


def data_loss(y: Array, labels: Labels) -> Array:
    """E = (1/P) sum_p y[p, D_p], 0-d.  Eq. H-loss-data (MLE), mle-data; paper eq. 8."""
    return np.asarray(y[np.arange(len(y)), labels].sum() / len(y), dtype=y.dtype)


def gradient(y: Array, labels: Labels) -> Array:
    """dE/dy = Y / P, (P, K).  Eq. H-loss-dx (MLE), mle-dx."""
    return one_hot(labels, y) / len(y)


def symbols(loss: Loss, x: Array, labels: Labels) -> Tensors:
    """The mean data loss from the distances."""
    return {"data": data_loss(x, labels)}


def upstream(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """dx of the mean from the forward symbols."""
    return gradient(t["x"], labels)
