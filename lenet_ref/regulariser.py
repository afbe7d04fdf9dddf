"""L2 regulariser of the modern variant: weights only, never biases."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lenet_ref.types import Array


def loss(weights: Iterable[Array], reg: float, like: Array) -> Array:
    """regLoss = reg/2 * sum_l ||W_l||^2, 0-d.  Eq. M-loss-reg, *-reg."""
    total = np.zeros((), dtype=like.dtype)
    for W in weights if reg else ():
        total = total + (W * W).sum()
    return np.asarray(total * (reg / 2), dtype=like.dtype)


def gradient(W: Array, reg: float) -> Array:
    """reg * W, added to each dW_l (erratum S16).  Eq. M-{C1,C3,C5,F6,F7}-dW, affine-dW,
    convolution-dW."""
    return reg * W
