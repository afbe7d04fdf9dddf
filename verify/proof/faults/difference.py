"""How far a mistaken trace is from the right one, without asking the judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Trace = Mapping[str, NDArray[Any]]

SEEN = {"float64": 2.0**-20, "float32": 2.0**-10}
"""Part of a tensor's largest element, or of an element itself, from which on a difference is no
rounding of either run: about the square root of what the format resolves after seven layers."""
NOISE = {"float64": 2.0**-40, "float32": 2.0**-17}
"""Part of a tensor's largest element that sums in another order may be apart; a small element is
not called wrong below."""


def same(one: Trace, other: Trace) -> bool:
    """The same names, forms and bits."""
    return one.keys() == other.keys() and all(_bits(one[k]) == _bits(other[k]) for k in one)


def _bits(value: NDArray[Any]) -> tuple[str, tuple[int, ...], bytes]:
    return value.dtype.str, value.shape, value.tobytes()


def moved(wrong: Trace, right: Trace, dtype: str) -> list[str]:
    """Tensors that rounding alone does not explain, in the order of the right trace; one that was
    left out is among them."""
    return [k for k in right if k not in wrong or _apart(wrong[k], right[k], dtype)]


def _apart(wrong: NDArray[Any], right: NDArray[Any], dtype: str) -> bool:
    if wrong.shape != right.shape or wrong.dtype != right.dtype:
        return True
    off, size = off_and_size(wrong, right)
    return not bool((off <= SEEN[dtype] * scale(size)).all())


def beyond_rounding(
    wrong: NDArray[Any], right: NDArray[Any], dtype: str, blur: NDArray[Any] | float = 0.0
) -> bool:
    """Of one shape, and further apart than sums in another order are, and conversion makes."""
    off, size = off_and_size(wrong, right)
    return not bool((off <= NOISE[dtype] * scale(size) + blur).all())


def small(wrong: NDArray[Any], right: NDArray[Any], dtype: str) -> int:
    """Elements that are wrong by more than rounding of their own size, though perhaps not of the
    tensor's."""
    if wrong.shape != right.shape:
        return wrong.size
    off, size = off_and_size(wrong, right)
    agrees = (off <= SEEN[dtype] * size) | (off <= NOISE[dtype] * scale(size))
    return int((~agrees).sum())


def off_and_size(wrong: NDArray[Any], right: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distance and size by element; a number that is not finite is at no distance from itself,
    and at an infinite one from any other."""
    a, b = np.asarray(wrong, dtype=np.float64), np.asarray(right, dtype=np.float64)
    alike = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        off = np.where(alike, 0.0, np.abs(a - b))
    return np.where(np.isnan(off), np.inf, off), np.abs(b)


def scale(size: NDArray[Any]) -> float:
    """The largest finite element."""
    finite = size[np.isfinite(size)]
    return float(finite.max()) if finite.size else 0.0
