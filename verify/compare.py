"""One comparison, one rule: error <= bound at every element, written positively.

Everything else measured here (ratio, scale, cosine, detection floor) informs and never
decides.  NaN compares false, so NaN never passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.agreement import Agreement, agreement

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class Comparison:
    """A subject's tensor against a reference, elementwise.

    passed: every error is at most its bound; usable: the bound could have failed.
    ratio: worst error / bound; index: where error - bound is worst.
    floor: the smallest uniform relative error that is certain to fail (0: any).
    fit_scale, fit_residual: best factor of reference to subject and what it leaves.
    failing: elements shown to be wrong: beyond a bound that is a number, or not finite where the
    reference is.  An overflow of bound or reference shows nothing; no elements count as one.
    """

    passed: bool
    usable: bool
    error: float
    bound: float
    ratio: float
    floor: float
    scale: float
    index: tuple[int, ...]
    subject: float
    reference: float
    fit_scale: float = NAN
    fit_residual: float = NAN
    cosine: float = NAN
    nan: int = 0
    inf: int = 0
    failing: int = 0
    why: str = ""

    @property
    def blunt(self) -> bool:
        """The bound is larger than everything it bounds."""
        return self.why == BLUNT


ALL_ZERO = "the reference is zero everywhere"
BLUNT = "the bound exceeds every element: any error would have passed"


def compare(subject: NDArray[Any], reference: NDArray[Any], bound: Floats | None) -> Comparison:
    """Compare equal-shaped arrays; shapes and dtypes were checked before.

    Args:
        subject, reference: any real dtype.
        bound: non-negative, of the same shape; None means exactly zero everywhere.
    """
    s, r = np.asarray(subject, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    b = np.zeros(()) if bound is None else np.asarray(bound, dtype=np.float64)
    if s.shape != r.shape or (bound is not None and b.shape != r.shape) or r.size == 0:
        return _nothing(s.shape, r.shape, r.shape if bound is None else b.shape)
    with np.errstate(all="ignore"):
        if bound is None:
            return _same_bits(r, b) if np.array_equal(s, r) else _disagreeing(s, r, b)
        found = agreement(s.reshape(-1), r.reshape(-1), b.reshape(-1))
        return _disagreeing(s, r, b) if found is None else _agreeing(s, r, b, found)


def _same_bits(r: Floats, b: Floats) -> Comparison:
    """The common case of data movement, without a second look at every element."""
    flat = r.reshape(-1)
    scale = max(float(flat.max()), -float(flat.min()))
    here = float(flat[0])
    fit = (1.0, 0.0, 1.0) if scale > 0 else (NAN, NAN, NAN)
    why = _unusable(scale, 0.0, True, 0.0)
    where = (0,) * r.ndim
    return Comparison(True, not why, 0.0, 0.0, 0.0, 0.0, scale, where, here, here, *fit, why=why)


def _agreeing(s: Floats, r: Floats, b: Floats, found: Agreement) -> Comparison:
    index = tuple(int(i) for i in np.unravel_index(found.place, r.shape))
    why = _unusable(found.scale, found.largest, True, found.floor)
    numbers = float(b[index]), found.ratio, found.floor, found.scale
    here = float(s[index]), float(r[index])
    fit = found.fit() or (NAN, NAN, NAN)
    return Comparison(True, not why, found.error, *numbers, index, *here, *fit, why=why)


def _disagreeing(s: Floats, r: Floats, b: Floats) -> Comparison:
    """An element beyond its bound, a number that is none, or a bound that says nothing."""
    error, size = np.abs(s - r), np.abs(r)
    sayable = (b >= 0) & (b < np.inf)
    within = (error <= b) & sayable
    excess = np.where(within, -np.inf, error - b)
    place = int(np.nan_to_num(excess, nan=np.inf).argmax())
    index = tuple(int(i) for i in np.unravel_index(place, r.shape))
    spent = np.where(within, error, 0.0) + b
    floor = float(np.where(size > 0, spent / size, np.inf).min())
    scale = float(size.max())
    why = _unusable(scale, float(b.max()), bool(b.min() >= 0), floor)
    shown = ~within & np.isfinite(r) & (sayable | ~np.isfinite(s))
    return Comparison(
        passed=False,
        usable=not why,
        error=float(error.max()),
        bound=float(np.broadcast_to(b, r.shape)[index]),
        ratio=float(np.where(error == 0, 0.0, error / b).max()),
        floor=floor,
        scale=scale,
        index=index,
        subject=float(s[index]),
        reference=float(r[index]),
        **_fit(s.reshape(-1), r.reshape(-1)),
        nan=int(np.isnan(s).sum()),
        inf=int(np.isinf(s).sum()),
        failing=int(shown.sum()),
        why=why,
    )


def _fit(s: Floats, r: Floats) -> dict[str, float]:
    """Least-squares factor c of s = c r, relative residual of it, and cosine."""
    norm_s, norm_r = float(np.linalg.norm(s)), float(np.linalg.norm(r))
    if not (0 < norm_r < np.inf and 0 < norm_s < np.inf):
        return {}
    cosine = float((s / norm_s) @ (r / norm_r))
    c = cosine * norm_s / norm_r
    residual = float(np.linalg.norm(s - c * r)) / norm_s
    return {"fit_scale": c, "fit_residual": residual, "cosine": cosine}


def _unusable(scale: float, largest: float, positive: bool, floor: float) -> str:
    """Why the comparison could not have failed, or an empty string.  largest, positive: of the
    bound."""
    if not np.isfinite(scale):
        return "the reference is not finite"
    if not np.isfinite(largest):
        return "the bound is not finite"
    if not positive:
        return "the bound is negative"
    if scale == 0:
        return ALL_ZERO
    if not floor < 1:
        return BLUNT
    return ""


def _nothing(s: tuple[int, ...], r: tuple[int, ...], b: tuple[int, ...]) -> Comparison:
    why = "nothing to compare" if s == r == b else f"shapes differ: {s}, {r}, bound {b}"
    return Comparison(False, False, NAN, NAN, NAN, NAN, NAN, (), NAN, NAN, failing=1, why=why)
