"""The loss a network was described with, forward and backward."""

from __future__ import annotations

import numpy as np

from lenet_ref import families, regulariser
from lenet_ref.architecture import Loss
from lenet_ref.types import Array, Labels, Tensors

LOSSES = families.room("lenet_ref.losses", families.losses(), "symbols", "upstream", "REGULARISED")


def loss_forward(loss: Loss, x: Array, labels: Labels, weights: list[Array]) -> Tensors:
    """Forward symbols of the loss from the last layer's output x.  Eq. {M,H}-loss-x,
    M-loss-total, *-x, *-total.  weights: those the regulariser acts on."""
    family = LOSSES[loss.kind]
    found: Tensors = {"x": x, **family.symbols(loss, x, labels)}
    data = found["data"] = reduced(found["data"], x, loss.reduction)
    if family.REGULARISED:
        reg = regulariser.loss(weights, loss.reg, x)
        found |= {"reg": reg, "total": data + reg}
    return found


def loss_backward(loss: Loss, t: Tensors, labels: Labels) -> Array:
    """Gradient of the loss at the last layer's output."""
    own = {name.removeprefix("loss."): value for name, value in t.items() if name[:5] == "loss."}
    return reduced(LOSSES[loss.kind].upstream(loss, own, labels), own["x"], loss.gradient)


def reduced(mean: Array, x: Array, reduction: str) -> Array:
    """A mean over the batch of x as it is, or N times it: the sum."""
    return mean if reduction == "mean" else np.asarray(mean * len(x), dtype=mean.dtype)
