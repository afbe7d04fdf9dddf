"""One comparison, one rule: error <= bound at every element, written positively.

NaN compares false, so NaN never passes.  Ratio, scale and cosine inform and never decide.  The
detection floor decides what was verified: an element whose bound reaches its size was compared,
but could not have failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.judge.agreement import Agreement, agreement

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True)
class Comparison:
    """A subject's tensor against a reference, elementwise.

    passed: every error is at most its bound; usable: the bound is a number, the reference too.
    ratio: worst error / bound; index: where error - bound is worst.
    floor: of the bluntest element, (error + bound) / size: a change of more than that part of an
    element's size is certain to fail, whichever element it is (0: any change).
    verified: elements whose floor is below 1; elements: all of them.
    fit_scale, fit_residual: best factor of reference to subject and what it leaves.
    failing: elements shown to be wrong: beyond a bound that is a number.  An overflow of bound or
    reference shows nothing, for sums may then overflow in one order and not in another, and a
    bound that is NaN (the step was handed one) even less; no elements count as one.
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
    verified: int = 0
    elements: int = 0
    why: str = ""

    @property
    def blunt(self) -> str:
        """How many elements could have been anything of their size, or an empty string (also
        where the whole comparison is in doubt)."""
        if self.verified == self.elements or self.why:
            return ""
        few = f"{self.elements - self.verified} of {self.elements} elements"
        return f"the bound reaches the size of {few}: a mistake there could pass"


ALL_ZERO = "the reference is zero everywhere"
SHARP = 1 / 4
"""Part of the digits of the format that every element is verified to, in units of the tensor's
largest: an element smaller than u^SHARP times that counts as so large.  See docs/tolerance.md."""


def least_size(scale: float, u: float) -> float:
    """What an element counts as at least, in a tensor whose largest is scale."""
    return scale * float(u**SHARP)


def compare(
    subject: NDArray[Any], reference: NDArray[Any], bound: Floats | None, u: float = 2.0**-53
) -> Comparison:
    """Compare equal-shaped arrays; shapes and dtypes were checked before.

    Args:
        subject, reference: any real dtype.
        bound: non-negative, of the same shape; None means exactly zero everywhere.
        u: unit roundoff of the format the numbers were computed in.
    """
    s, r = np.asarray(subject, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    b = np.zeros(()) if bound is None else np.asarray(bound, dtype=np.float64)
    if s.shape != r.shape or (bound is not None and b.shape != r.shape) or r.size == 0:
        return _nothing(s.shape, r.shape, r.shape if bound is None else b.shape)
    with np.errstate(all="ignore"):
        if bound is None:
            return _same_bits(r, b) if np.array_equal(s, r) else _disagreeing(s, r, b, u)
        scale = _largest(r)
        least = least_size(scale, u)
        found = agreement(s.reshape(-1), r.reshape(-1), b.reshape(-1), least)
        return _disagreeing(s, r, b, u) if found is None else _agreeing(s, r, b, found, scale)


def _largest(r: Floats) -> float:
    """Largest modulus, without an array of moduli; NaN where there is one."""
    return max(float(r.max()), -float(r.min()))


def _same_bits(r: Floats, b: Floats) -> Comparison:
    """The common case of data movement, without a second look at every element."""
    scale, here = _largest(r), float(r.reshape(-1)[0])
    fit = (1.0, 0.0, 1.0) if scale > 0 else (NAN, NAN, NAN)
    why = _unusable(scale, 0.0, True)
    numbers = (0.0, 0.0, 0.0, 0.0, scale, (0,) * r.ndim, here, here, *fit)
    return Comparison(True, not why, *numbers, verified=r.size, elements=r.size, why=why)


def _agreeing(s: Floats, r: Floats, b: Floats, found: Agreement, scale: float) -> Comparison:
    index = tuple(int(i) for i in np.unravel_index(found.place, r.shape))
    why = _unusable(scale, found.largest, True)
    numbers = float(b[index]), found.ratio, found.floor, scale
    here = float(s[index]), float(r[index])
    fit = found.fit() or (NAN, NAN, NAN)
    counts = {"verified": found.verified, "elements": r.size}
    return Comparison(True, not why, found.error, *numbers, index, *here, *fit, **counts, why=why)


def _disagreeing(s: Floats, r: Floats, b: Floats, u: float) -> Comparison:
    """An element beyond its bound, a number that is none, or a bound that says nothing."""
    error = np.abs(s - r)
    sayable = (b >= 0) & (b < np.inf)
    within = (error <= b) & sayable
    excess = np.where(within, -np.inf, error - b)
    place = int(np.nan_to_num(excess, nan=np.inf).argmax())
    index = tuple(int(i) for i in np.unravel_index(place, r.shape))
    scale = _largest(r)
    spent = (np.where(within, error, 0.0) + b) / np.maximum(np.abs(r), least_size(scale, u))
    why = _unusable(scale, float(b.max()), bool(b.min() >= 0))
    shown = ~within & np.isfinite(r) & sayable
    return Comparison(
        passed=False,
        usable=not why,
        error=float(error.max()),
        bound=float(np.broadcast_to(b, r.shape)[index]),
        ratio=float(np.where(error == 0, 0.0, error / b).max()),
        floor=float(spent.max()),
        scale=scale,
        index=index,
        subject=float(s[index]),
        reference=float(r[index]),
        **_fit(s.reshape(-1), r.reshape(-1)),
        nan=int(np.isnan(s).sum()),
        inf=int(np.isinf(s).sum()),
        failing=int(shown.sum()),
        verified=int((spent < 1).sum()),
        elements=r.size,
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


def _unusable(scale: float, largest: float, positive: bool) -> str:
    """Why the comparison could not have failed, or an empty string.  largest, positive: of the
    bound."""
    if not np.isfinite(scale):
        return "the reference is not finite"
    if not np.isfinite(largest):
        return "the bound is not finite"
    if not positive:
        return "the bound is negative"
    return ALL_ZERO if scale == 0 else ""


def _nothing(s: tuple[int, ...], r: tuple[int, ...], b: tuple[int, ...]) -> Comparison:
    why = "nothing to compare" if s == r == b else f"shapes differ: {s}, {r}, bound {b}"
    return Comparison(False, False, NAN, NAN, NAN, NAN, NAN, (), NAN, NAN, failing=1, why=why)
