"""Truth of the maximum likelihood criterion (paper, eq. 8)."""

from __future__ import annotations

from verify.truth.inputs import Formulas
from verify.truth.losses import one_hot, reduced, shared

FORMULAS: Formulas = {
    "mle.data": lambda i: reduced(i[0], i),
    "mle.dx": lambda i: shared(one_hot(i), i),
}
