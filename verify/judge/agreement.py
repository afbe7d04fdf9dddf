"""The measurements of two arrays that agree, in one pass over memory.

Most comparisons pass, and the tensors are larger than the processor's cache: everything is
measured piece by piece, so that the dozen operations on a piece find it there.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Fit: TypeAlias = tuple[float, float, float]

PIECE = 1 << 14
"""Elements measured at a time: six arrays of 128 KiB."""
_LEAST = float(np.finfo(np.float64).smallest_subnormal)


class Agreement(NamedTuple):
    """What :class:`verify.judge.compare.Comparison` says of a comparison that passed.

    largest: of the bound; sums: of d d, d r and r r, with d = subject - reference.
    ratio, place: worst error / bound, and where (flat); floor: largest (error + bound) / size;
    verified: elements where that is below 1.
    """

    error: float
    ratio: float
    place: int
    floor: float
    verified: int
    largest: float
    sums: tuple[float, float, float]

    def fit(self) -> Fit | None:
        """What the sums say of the two."""
        return fitted(*self.sums)


def fitted(dd: float, dr: float, rr: float) -> Fit | None:
    """c of the least-squares s = c r, |s - c r| / |s|, and the cosine of s and r; None where
    a norm is zero or overflows.  From d, for c - 1 is too small to come out of c."""
    ss = rr + 2 * dr + dd
    if not (0 < rr < math.inf and 0 < ss < math.inf):
        return None
    left = max(dd - dr * dr / rr, 0.0)
    return 1 + dr / rr, math.sqrt(left / ss), (rr + dr) / math.sqrt(rr) / math.sqrt(ss)


def agreement(s: NDArray[Any], r: NDArray[Any], b: Floats, least: float) -> Agreement | None:
    """Measure flat arrays whose errors are all within a usable bound; None where one is not.

    least: what a smaller |reference| counts as, for no element is verified to less.
    """
    found = []
    for start in range(0, len(r), PIECE):
        piece = slice(start, start + PIECE)
        with np.errstate(all="ignore"):  # a quotient by nothing is infinite
            ours, theirs = (each[piece].astype(np.float64, copy=False) for each in (s, r))
            measured = _piece(ours, theirs, b[piece], start, least)
        if measured is None:
            return None
        found.append(measured)
    return reduce(_both, found)


def _piece(s: Floats, r: Floats, b: Floats, start: int, least: float) -> Agreement | None:
    d = s - r
    error = np.abs(d)
    # an error is no less than zero, so neither is a bound that it is within
    if not ((error <= b).all() and (largest := float(b.max())) < math.inf):
        return None
    # An error of zero is none of a bound of zero: with a least denominator it stays zero.
    ratio = np.maximum(b, _LEAST)
    np.divide(error, ratio, out=ratio)
    place = int(ratio.argmax())
    size = np.abs(r)
    np.maximum(size, least, out=size)
    spent = error + b
    spent /= size
    floor = float(spent.max())
    return Agreement(
        error=float(error.max()),
        ratio=float(ratio[place]),
        place=start + place,
        floor=floor,
        verified=len(r) if floor < 1 else int(np.count_nonzero(spent < 1)),
        largest=largest,
        sums=(float(d @ d), float(d @ r), float(r @ r)),
    )


def _both(a: Agreement, b: Agreement) -> Agreement:
    worst = b if b.ratio > a.ratio else a
    x, y, z = (one + other for one, other in zip(a.sums, b.sums, strict=True))
    return Agreement(
        error=max(a.error, b.error),
        ratio=worst.ratio,
        place=worst.place,
        floor=max(a.floor, b.floor),
        verified=a.verified + b.verified,
        largest=max(a.largest, b.largest),
        sums=(x, y, z),
    )
