"""Truth of cross-entropy over minus the distances."""

from __future__ import annotations

from verify.truth.inputs import Array, Formulas, Inputs
from verify.truth.losses import one_hot, reduced, shared, softmax


def _probs(i: Inputs) -> Array:
    return softmax(-i[0])[0]


FORMULAS: Formulas = {
    "distance_softmax.probs": _probs,
    "distance_softmax.data": lambda i: reduced(-softmax(-i[0])[1], i),
    "distance_softmax.dx": lambda i: shared(one_hot(i) - _probs(i), i),
}
