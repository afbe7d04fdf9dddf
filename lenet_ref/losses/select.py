"""The loss a network was described with, forward and backward."""

from __future__ import annotations

import numpy as np

from lenet_ref.architecture import Loss
from lenet_ref.losses import cross_entropy, mle, regulariser
from lenet_ref.losses import map as map_loss
from lenet_ref.types import Array, Labels, Tensors


def loss_forward(loss: Loss, x: Array, labels: Labels, weights: list[Array]) -> Tensors:
    """Forward symbols of the loss from the last layer's output x.  Eq. {M,H}-loss-x,
    M-loss-total."""
    match loss.kind:
        case "mle":
            return {"x": x, "data": reduced(mle.data_loss(x, labels), x, loss.reduction)}
        case "map":
            probs = map_loss.probabilities(x, loss.j)
            data = reduced(map_loss.data_loss(x, labels, loss.j), x, loss.reduction)
            return {"x": x, "probs": probs, "data": data}
    data = reduced(cross_entropy.data_loss(x, labels), x, loss.reduction)
    reg = regulariser.loss(weights, loss.reg, x)
    probs = cross_entropy.probabilities(x)
    return {"x": x, "probs": probs, "data": data, "reg": reg, "total": data + reg}


def loss_backward(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """Gradient of the loss at the last layer's output."""
    return reduced(_mean_gradient(loss, t, labels), t["loss.x"], loss.gradient)


def _mean_gradient(loss: Loss, t: Tensors, labels: Labels) -> Array:
    match loss.kind:
        case "mle":
            return mle.gradient(t["loss.x"], labels)
        case "map":
            return map_loss.gradient(t["loss.probs"], labels)
    return cross_entropy.gradient(t["loss.probs"], labels)


def reduced(mean: Array, x: Array, reduction: str) -> Array:
    """A mean over the batch of x as it is, or N times it: the sum."""
    return mean if reduction == "mean" else np.asarray(mean * len(x), dtype=mean.dtype)
