"""Truth of fully connected layers."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Formulas, bias_gradient

FORMULAS: Formulas = {
    "affine.z": lambda i: np.tensordot(i[0], i[1], axes=((1,), (1,))) + i.bias,
    "affine.dx": lambda i: np.tensordot(i[0], i[1], axes=((1,), (0,))),
    "affine.dW": lambda i: np.tensordot(i[1], i[0], axes=((0,), (0,))) + i.reg * i[2],
    "affine.db": bias_gradient,
}
