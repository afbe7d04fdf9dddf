"""Every operation written out a third time, for arrays of any precision.

Independent of both sides by method: sliding windows instead of im2col or torch, the gradient
of a convolution's input as a full correlation with the rotated kernel instead of a scatter,
closed-form derivatives instead of autograd.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lenet_ref import families
from verify.expected.families import OPERATIONS
from verify.truth import activation, regulariser
from verify.truth.inputs import Array, Inputs


def _unflatten(i: Inputs) -> Array:
    """(N, H*W*C) as (N, C, H, W)."""
    n, c, h, w = i.shape
    return np.moveaxis(i[0].reshape(n, h, w, c), 3, 1)


_FILES = families.room("verify.truth", families.every(), "FORMULAS")
FORMULAS: dict[str, Callable[[Inputs], Array]] = {
    "link": lambda i: i[0].reshape(i.shape),
    "flatten": lambda i: np.moveaxis(i[0], 1, 3).reshape(i.shape),
    "unflatten": _unflatten,
    **activation.FORMULAS,
    **regulariser.FORMULAS,
    **families.merged(_FILES.values(), "FORMULAS"),
}
families.agree("verify.truth", FORMULAS, OPERATIONS)
