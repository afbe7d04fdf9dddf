"""Lower precision somewhere, values that are not finite, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from verify.diagnose.hypothesis import Candidate, Evidence
from verify.findings import Cause
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


def lower(e: Evidence) -> Iterator[Candidate]:
    """A precision whose rounding explains the error where the case's own does not."""
    error = (e.subject - e.oracle).abs()
    for name in ("float32", "float16"):
        coarser = UNIT_ROUNDOFF[name] / UNIT_ROUNDOFF[e.dtype]
        if coarser > 1 and bool((error <= e.bound * coarser).all()):
            text = f"{e.step.tensor} is as far off as {name} rounding: computed in it, or as many"
            text += " digits lost by cancellation"
            yield Cause("lower-precision", text), lambda: e.subject
            return
