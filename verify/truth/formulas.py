"""Every operation written out a third time, for arrays of any precision.

Independent of both sides by method: sliding windows instead of im2col or torch, the gradient
of a convolution's input as a full correlation with the rotated kernel instead of a scatter,
closed-form derivatives instead of autograd.
"""

from __future__ import annotations

from collections.abc import Callable

from lenet_ref import families
from verify.expected.families import OPERATIONS
from verify.truth import activation, regulariser
from verify.truth.inputs import Array, Inputs

_FILES = families.room("verify.truth", families.every(), "FORMULAS")
FORMULAS: dict[str, Callable[[Inputs], Array]] = {
    "link": lambda i: i[0].reshape(i.shape),
    **activation.FORMULAS,
    **regulariser.FORMULAS,
    **families.merged(_FILES.values(), "FORMULAS"),
}
families.agree("verify.truth", FORMULAS, OPERATIONS)
