"""Truth of the L2 regulariser."""

from __future__ import annotations

import numpy as np

from verify.truth.inputs import Array, Formulas, Inputs


def _value(i: Inputs) -> Array:
    if not i.arrays:
        return np.zeros(())
    half = i.arrays[0].dtype.type(i.spec.reg) / 2
    return np.asarray(half * sum((W * W).sum() for W in i.arrays))


FORMULAS: Formulas = {"regulariser.reg": _value, "total": lambda i: i[0] + i[1]}
