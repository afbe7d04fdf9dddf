"""Truth of the squared error: through the whole Jacobian of the softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs
from verify.truth.losses import averaged, one_hot, shared, softmax


def _compared(i: Inputs) -> Array:
    """What is held against the targets."""
    return softmax(i[0])[0] if i.spec.on == "softmax" else i[0]


def _weight(i: Inputs) -> Any:
    """Of each square, in the precision of the case."""
    real, k = i[0].dtype.type, i[0].shape[1]
    return real(1) / real((2 if i.spec.half else 1) * (k if i.spec.classes == "mean" else 1))


def _data(i: Inputs) -> Array:
    return averaged(((_compared(i) - one_hot(i)) ** 2).sum(axis=1) * _weight(i), i)


def _dx(i: Inputs) -> Array:
    p = _compared(i)
    slope = 2 * _weight(i) * (p - one_hot(i))
    if i.spec.on == "softmax":
        jacobian = p[:, :, None] * (np.eye(p.shape[1], dtype=p.dtype) - p[:, None, :])
        slope = np.einsum("nik,nk->ni", jacobian, slope)
    return shared(slope, i)


FORMULAS: Formulas = {
    "squared_error.probs": _compared,
    "squared_error.data": _data,
    "squared_error.dx": _dx,
}
