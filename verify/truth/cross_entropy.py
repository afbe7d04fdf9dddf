"""Truth of softmax and cross-entropy."""

from __future__ import annotations

from verify.truth.inputs import Array, Formulas, Inputs
from verify.truth.losses import one_hot, reduced, shared, softmax


def _probs(i: Inputs) -> Array:
    return softmax(i[0])[0]


FORMULAS: Formulas = {
    "cross_entropy.probs": _probs,
    "cross_entropy.data": lambda i: reduced(-softmax(i[0])[1], i),
    "cross_entropy.dx": lambda i: shared(_probs(i) - one_hot(i), i),
}
