"""One comparison, one rule: error <= bound at every element, written positively.

NaN compares false, so NaN never passes.  Ratio, scale and cosine inform and never decide.  The
floor decides what was verified: an element whose bound reaches its size could not have failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.judge.agreement import agreement
from verify.judge.reasons import Blunt, Element, Plain, Reason, Shape, ShapesDiffer

if TYPE_CHECKING:
    from verify.judge.samples import Sample

__all__ = ["NAN", "SHARP", "Comparison", "Floats", "Measured", "compare", "least_size", "placed"]
Floats = NDArray[np.float64]
NAN = float("nan")


class Measured(NamedTuple):
    """What was found of two arrays, before it is told at an index.
    place: where, flat; None where there is nothing to show.  Else as in :class:`Comparison`."""

    passed: bool
    why: Reason | None
    place: int | None = None
    error: float = NAN
    ratio: float = NAN
    floor: float = NAN
    scale: float = NAN
    largest: float = NAN
    fit: tuple[float, float, float] | None = None
    nan: int = 0
    inf: int = 0
    failing: int = 0
    verified: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A subject's tensor against a reference, elementwise.

    passed: every error is at most its bound; why: a comparison that could not have failed.
    ratio: worst error / bound; largest: of the bound; index, elsewhere: the worst place, theirs.
    floor: of the bluntest element, (error + bound) / size: a change of more than that part of an
    element's size is certain to fail (of a second look: not to pass), whichever element it is (0:
    any change).
    verified: elements whose floor is below 1; elements: all of them.
    fit_scale, fit_residual: best factor of reference to subject and what it leaves.
    failing: elements beyond a bound that is a number.  An overflow of bound or reference shows
    nothing, for sums may overflow in one order and not in another, and a bound that is NaN (the
    step was handed one) even less; no elements count as one.
    sample: of what did not pass, for a picture, where somebody asks.
    """

    passed: bool
    error: float
    bound: float
    ratio: float
    floor: float
    scale: float
    largest: float
    index: tuple[int, ...]
    subject: float
    reference: float
    fit_scale: float
    fit_residual: float
    cosine: float
    nan: int
    inf: int
    failing: int
    verified: int
    elements: int
    why: Reason | None
    elsewhere: Element | None = None
    sample: Sample | None = field(default=None, compare=False, repr=False)

    @property
    def usable(self) -> bool:
        """The bound is a number, the reference too, and not all of it is zero."""
        return self.why is None

    @property
    def blunt(self) -> Blunt | None:
        """How many elements could have been anything of their size; None where there are none,
        and where the whole comparison is in doubt."""
        if self.verified == self.elements or self.why:
            return None
        return Blunt(self.elements - self.verified, self.elements)


SHARP = 1 / 4
"""Part of the digits of the format that every element is verified to, in units of the tensor's
largest: an element smaller than u^SHARP times that counts as so large.  See docs/tolerance.md."""


def least_size(scale: float, u: float) -> float:
    """What an element counts as at least, in a tensor whose largest is scale."""
    return scale * float(u**SHARP)


def compare(
    subject: NDArray[Any], reference: NDArray[Any], bound: Floats | None, u: float = 2.0**-53
) -> Comparison:
    """Compare equal-shaped arrays of any real dtype; shapes and dtypes were checked before.

    bound: non-negative, of the same shape; None means exactly zero everywhere; u: unit roundoff of
    the format the numbers were computed in.
    """
    if bound is None and subject.size and np.array_equal(subject, reference):
        # of the reference alone: -0.0 is told as its 0.0
        return placed(reference, reference, np.zeros(()), _same_bits(reference))
    s, r = np.asarray(subject), np.asarray(reference)
    b = np.zeros(()) if bound is None else np.asarray(bound, dtype=np.float64)
    if s.shape != r.shape or (bound is not None and b.shape != r.shape) or r.size == 0:
        shown = r.shape if bound is None else b.shape
        return placed(s, r, b, _nothing(s.shape, r.shape, shown))
    with np.errstate(all="ignore"):
        found = bound is not None and _agreeing(s, r, b, u)
        return placed(s, r, b, found or _disagreeing(s.astype(float), r.astype(float), b, u))


def placed(s: NDArray[Any], r: NDArray[Any], b: Floats, found: Measured) -> Comparison:
    """The one place where a comparison is made: what was found, and the numbers where it was."""
    index, here, there, allowed = tuple[int, ...](), NAN, NAN, NAN
    if found.place is not None:
        index = tuple(int(i) for i in np.unravel_index(found.place, r.shape))
        here, there = float(s[index]), float(r[index])
        allowed = float(b[index] if b.ndim else b)
    fit_scale, fit_residual, cosine = found.fit or (NAN, NAN, NAN)
    return Comparison(
        passed=found.passed,
        error=found.error,
        bound=allowed,
        ratio=found.ratio,
        floor=found.floor,
        scale=found.scale,
        largest=found.largest,
        index=index,
        subject=here,
        reference=there,
        fit_scale=fit_scale,
        fit_residual=fit_residual,
        cosine=cosine,
        nan=found.nan,
        inf=found.inf,
        failing=found.failing,
        verified=found.verified,
        elements=0 if found.place is None else r.size,
        why=found.why,
    )


def _largest(r: NDArray[Any]) -> float:
    """Largest modulus, without an array of moduli; NaN where there is one."""
    return max(float(r.max()), -float(r.min()))


def _same_bits(r: NDArray[Any]) -> Measured:
    """The common case of data movement, without a second look at every element."""
    scale = _largest(r)
    return Measured(
        passed=True,
        why=_unusable(scale, 0.0, True),
        place=0,
        error=0.0,
        ratio=0.0,
        floor=0.0,
        scale=scale,
        largest=0.0,
        fit=(1.0, 0.0, 1.0) if scale > 0 else None,
        verified=r.size,
    )


def _agreeing(s: NDArray[Any], r: NDArray[Any], b: Floats, u: float) -> Measured | None:
    """Every error within a usable bound; None where one is not.  Numbers become float64 piece by
    piece, where they are looked at."""
    scale = _largest(r)
    found = agreement(s.reshape(-1), r.reshape(-1), b.reshape(-1), least_size(scale, u))
    if found is None:
        return None
    return Measured(
        passed=True,
        why=_unusable(scale, found.largest, True),
        place=found.place,
        error=found.error,
        ratio=found.ratio,
        floor=found.floor,
        scale=scale,
        largest=found.largest,
        fit=found.fit(),
        verified=found.verified,
    )


def _disagreeing(s: Floats, r: Floats, b: Floats, u: float) -> Measured:
    """An element beyond its bound, a number that is none, or a bound that says nothing."""
    error = np.abs(s - r)
    sayable = (b >= 0) & (b < np.inf)
    within = (error <= b) & sayable
    excess = np.where(within, -np.inf, error - b)
    scale = _largest(r)
    spent = (np.where(within, error, 0.0) + b) / np.maximum(np.abs(r), least_size(scale, u))
    return Measured(
        passed=False,
        why=_unusable(scale, float(b.max()), bool(b.min() >= 0)),
        place=int(np.nan_to_num(excess, nan=np.inf).argmax()),
        error=float(error.max()),
        ratio=float(np.where(error == 0, 0.0, error / b).max()),
        floor=float(spent.max()),
        scale=scale,
        largest=float(b.max()),
        fit=_fit(s.reshape(-1), r.reshape(-1)),
        nan=int(np.isnan(s).sum()),
        inf=int(np.isinf(s).sum()),
        failing=int((~within & np.isfinite(r) & sayable).sum()),
        verified=int((spent < 1).sum()),
    )


def _fit(s: Floats, r: Floats) -> tuple[float, float, float] | None:
    """Least-squares factor c of s = c r, relative residual of it, and cosine; None where a norm
    is zero or overflows."""
    norm_s, norm_r = float(np.linalg.norm(s)), float(np.linalg.norm(r))
    if not (0 < norm_r < np.inf and 0 < norm_s < np.inf):
        return None
    cosine = float((s / norm_s) @ (r / norm_r))
    c = cosine * norm_s / norm_r
    return c, float(np.linalg.norm(s - c * r)) / norm_s, cosine


def _unusable(scale: float, largest: float, positive: bool) -> Reason | None:
    """Why the comparison could not have failed.  largest, positive: of the bound."""
    if not np.isfinite(scale):
        return Plain.REFERENCE_NOT_FINITE
    if not np.isfinite(largest):
        return Plain.BOUND_NOT_FINITE
    if not positive:
        return Plain.BOUND_NEGATIVE
    return Plain.REFERENCE_ZERO if scale == 0 else None


def _nothing(s: Shape, r: Shape, b: Shape) -> Measured:
    why = Plain.NOTHING_TO_COMPARE if s == r == b else ShapesDiffer(s, r, b)
    return Measured(passed=False, why=why, failing=1)
