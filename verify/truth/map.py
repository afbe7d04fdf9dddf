"""Truth of the maximum a posteriori criterion (paper, eq. 9)."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs
from verify.truth.losses import one_hot, reduced, shared, softmax


def _logits(i: Inputs) -> Array:
    x = i[0]
    return np.concatenate([-x, np.full((len(x), 1), -i.spec.j, dtype=x.dtype)], axis=1)


def _probs(i: Inputs) -> Array:
    """Without the rubbish class."""
    return softmax(_logits(i))[0][:, :-1]


FORMULAS: Formulas = {
    "map.probs": _probs,
    "map.data": lambda i: reduced(-softmax(_logits(i))[1], i),
    "map.dx": lambda i: shared(one_hot(i) - _probs(i), i),
}
