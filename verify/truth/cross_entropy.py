"""Truth of softmax and cross-entropy."""

from __future__ import annotations

from verify.truth.inputs import Array, Formulas, Inputs
from verify.truth.losses import averaged, one_hot, reduced, shared, softmax


def _probs(i: Inputs) -> Array:
    return softmax(i[0])[0]


def _targets(i: Inputs) -> Array:
    """Y, or its mixture with equal parts of all classes."""
    s = i[0].dtype.type(i.spec.smoothing)
    return (1 - s) * one_hot(i) + s / i[0].dtype.type(i[0].shape[1])


def _data(i: Inputs) -> Array:
    logarithms = softmax(i[0])[1]
    if not i.spec.smoothing:
        return reduced(-logarithms, i)
    return averaged(-(_targets(i) * logarithms).sum(axis=1), i)


FORMULAS: Formulas = {
    "cross_entropy.probs": _probs,
    "cross_entropy.data": _data,
    "cross_entropy.dx": lambda i: shared(_probs(i) - _targets(i), i),
}
