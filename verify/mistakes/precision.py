"""Lower precision somewhere, values that are not finite, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from verify.judge.findings import Cause
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.tolerance.bound import UNIT_ROUNDOFF


def missing_values(e: Evidence) -> Iterator[Candidate]:
    """All zero, or not finite where the reference is."""
    name = e.step.tensor
    if not bool(e.subject.any()):
        text = f"{name} is zero where the reference is not: it was never computed or stored"
        yield Cause("zero", text), lambda: torch.zeros_like(e.subject)
    bad = ~torch.isfinite(e.subject)
    if bool(bad.any()) and bool(torch.isfinite(e.oracle).all()):
        text = f"{name} has {int(bad.sum())} values that are not finite where the reference is"
        yield (
            Cause("not-finite", f"{text}: overflow, 0/0 or log 0"),
            lambda: torch.where(bad, e.subject, e.subject),
        )


def stored(e: Evidence) -> Iterator[Candidate]:
    """The right numbers, rounded to fewer bits than they should have."""
    for name, dtype in (("float32", torch.float32), ("float16", torch.float16)):
        if UNIT_ROUNDOFF[name] > UNIT_ROUNDOFF[e.dtype]:
            text = f"{e.step.tensor} equals the reference rounded to {name}: stored in it"
            rounded = e.oracle.to(dtype).to(torch.float64)
            yield Cause("lower-precision", text), rounded.clone


FEW = 8
"""How many times u M an error of lower precision is at most, and at least the eighth part of."""


def cancelled(e: Evidence) -> Iterator[Candidate]:
    """Every element is off by a few roundings of the tensor's largest numbers, in the case's own
    precision: too much for the small ones, and too little for a wrong formula."""
    error, largest = (e.subject - e.oracle).abs(), float(e.rule.magnitude.max())
    if not e.inherited and float(error.max()) <= FEW * UNIT_ROUNDOFF[e.dtype] * largest:
        text = f"{e.step.tensor} is off by a few roundings of its largest numbers: digits lost by"
        text += " cancellation, or a transform (FFT, Winograd) that has such an error"
        yield Cause("cancellation", text), lambda: e.subject


def lower(e: Evidence) -> Iterator[Candidate]:
    """A precision whose rounding has the error's size, element by element, relative to the numbers
    that are rounded: a few u M, and not orders of magnitude less.  An inherited error has passed
    through other numbers and may be of any size, so nothing is said of it."""
    if e.inherited:
        return
    error, M = (e.subject - e.oracle).abs(), torch.maximum(e.rule.magnitude, e.oracle.abs())
    for name in ("float32", "float16"):
        u = UNIT_ROUNDOFF[name]
        if u <= UNIT_ROUNDOFF[e.dtype] or FEW * u * float(M.max()) >= float(e.oracle.abs().max()):
            continue  # as large as the tensor: it could not have been refuted
        worst = torch.where(error > 0, error / (u * M), 0.0).max()
        if 1 / FEW <= float(worst) <= FEW:
            text = f"{e.step.tensor} is as far off as {name} rounding, in every element: computed"
            yield Cause("lower-precision", f"{text} in it"), lambda: e.subject
            return
