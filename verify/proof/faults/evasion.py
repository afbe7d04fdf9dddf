"""A mistake only where the judge's own bounds excuse it: if the row then says pass, they acquit.

A mistake in a whole tensor is caught by its sharpest element, and says nothing about the others.
The bounds are asked of the judge, the verdict on what is made of them is asked of it afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.judge.judge import drift
from verify.proof.faults.convention import Arrays
from verify.proof.faults.difference import SEEN, off_and_size, scale


def excused(case: Case, wrong: Arrays, right: Arrays) -> Arrays:
    """The right tensors, with the wrong elements that lie within the bound of a free run though
    they differ by more than rounding; empty if there is none."""
    error_of = drift(case, right)
    found: Arrays = {}
    for name in right:
        value = wrong.get(name)
        if value is None or (value.shape, value.dtype) != (right[name].shape, right[name].dtype):
            continue
        with np.errstate(all="ignore"):
            allowed = error_of(name)
        if allowed is None:
            continue
        kept = _kept(value, right[name], allowed.numpy())
        if kept.any():
            found[name] = np.where(kept, value, right[name])
    return right | found if found else {}


def _kept(wrong: NDArray[Any], right: NDArray[Any], allowed: NDArray[Any]) -> NDArray[np.bool_]:
    """Off by more than rounding of the tensor, by no more than is allowed."""
    off, size = off_and_size(wrong, right)
    return (off > SEEN[right.dtype.name] * scale(size)) & (off <= allowed)
