"""How far two arrays are apart, in numbers alone: no bound, and no verdict of its own.

What is said of a drift that follows from own errors (docs/tolerance.md, 6.3).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.judge.agreement import Fit, fitted
from verify.judge.compare import NAN, Comparison, Measured, placed

__all__ = ["PIECE", "apart"]
PIECE = 1 << 15
"""Elements at a time: three arrays of 256 KiB."""


class _Piece(NamedTuple):
    error: float
    start: int
    scale: float
    sums: tuple[float, float, float]


def apart(subject: NDArray[Any], reference: NDArray[Any]) -> Comparison | None:
    """Error, scale, factor and cosine of equal-shaped arrays of any real dtype, in float64.

    Returns:
        A comparison without bound, ratio and floor, which verifies nothing; None where a number is
        none, or there are none: of those nothing follows.
    """
    if not reference.size:
        return None
    s, r = np.ascontiguousarray(subject).reshape(-1), np.ascontiguousarray(reference).reshape(-1)
    with np.errstate(all="ignore"):
        pieces = [_piece(s, r, start) for start in range(0, len(r), PIECE)]
    error, scale = max(p.error for p in pieces), max(p.scale for p in pieces)
    if not all(math.isfinite(p.error) and math.isfinite(p.scale) for p in pieces):
        return None
    start = next(p.start for p in pieces if p.error == error)
    return placed(subject, reference, np.array(NAN), Measured(
        passed=True, why=None, place=_worst(s, r, start), error=error, scale=scale,
        fit=_fit(pieces)))  # fmt: skip


def _piece(s: NDArray[Any], r: NDArray[Any], start: int) -> _Piece:
    here = s[start : start + PIECE].astype(np.float64, copy=False)
    there = r[start : start + PIECE].astype(np.float64, copy=False)
    d, scale = here - there, max(float(there.max()), -float(there.min()))
    error = max(float(d.max()), -float(d.min()))
    sums = (float(d @ d), float(d @ there), float(there @ there))
    return _Piece(error, start, scale, sums)


def _worst(s: NDArray[Any], r: NDArray[Any], start: int) -> int:
    """The first place of the largest error, which is in the piece that begins there."""
    here, there = (each[start : start + PIECE].astype(np.float64) for each in (s, r))
    return start + int(np.abs(here - there).argmax())


def _fit(pieces: list[_Piece]) -> Fit | None:
    dd, dr, rr = (math.fsum(each) for each in zip(*(p.sums for p in pieces), strict=True))
    return fitted(dd, dr, rr)
