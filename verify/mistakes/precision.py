"""Lower precision somewhere, values that are not finite, or nothing at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.hypothesis import SHARP, Candidate, Evidence
from verify.tolerance.bound import UNIT_ROUNDOFF

FORMATS = (("float32", torch.float32), ("float16", torch.float16))


def missing_values(e: Evidence) -> Iterator[Candidate]:
    """All zero, or not finite where the reference is: what is said is seen, and not supposed."""
    name = e.step.tensor
    if not bool(e.subject.any()):
        text = f"{name} is zero where the reference is not: it was never computed or stored"
        text += ", or follows from what was not supplied" if e.inherited else ""
        yield Candidate(Cause("zero", text))
    bad = ~torch.isfinite(e.subject)
    if bool(bad.any()) and bool(torch.isfinite(e.oracle).all()):
        text = f"{name} has {int(bad.sum())} values that are not finite where the reference is"
        yield Candidate(Cause("not-finite", f"{text}: overflow, 0/0 or log 0"))


def stored(e: Evidence) -> Iterator[Candidate]:
    """The right numbers, rounded to fewer bits than they should have: shown by the bits where the
    bound is too wide to show it."""
    for name, dtype in coarser(e):
        text = f"{e.step.tensor} equals the reference rounded to {name}: stored in it"
        cause, rounded = Cause("lower-precision", text), e.oracle.to(dtype).to(torch.float64)
        if e.near(rounded) and held(e, dtype):
            yield Candidate(cause)
        yield Candidate(cause, rounded.clone)


def held(e: Evidence, dtype: torch.dtype) -> bool:
    """Every number has the bits of a format, and those that should have more of them are too many
    for chance."""
    if not torch.equal(e.subject.to(dtype).to(torch.float64), e.subject):
        return False
    longer = e.oracle.to(dtype).to(torch.float64) != e.oracle
    spared = math.log2(torch.finfo(dtype).eps / torch.finfo(e.judge.own.dtype).eps)
    return len(torch.unique(e.subject[longer])) * spared >= CERTAIN


def derivative_held(e: Evidence, dtype: torch.dtype) -> bool:
    """The same of what dy was multiplied by, but for the rounding of the product."""
    if e.step.op != "activation.dz":
        return False
    dy, few = e["dy"], FEW * UNIT_ROUNDOFF[e.dtype]
    theirs, ours = (t[dy != 0] / dy[dy != 0] for t in (e.subject, e.oracle))
    off = [(t - t.to(dtype).to(torch.float64)).abs() > few * t.abs() for t in (theirs, ours)]
    return not bool(off[0].any()) and len(torch.unique(theirs[off[1]])) >= MANY


CERTAIN = 64
"""Bits that are zero by chance once in 2^CERTAIN times."""


def coarser(e: Evidence) -> Iterator[tuple[str, torch.dtype]]:
    """Formats with fewer bits than the case's own."""
    for name, dtype in FORMATS:
        if UNIT_ROUNDOFF[name] > UNIT_ROUNDOFF[e.dtype]:
            yield name, dtype


FEW = 8
"""How many times the usual error the largest may be, and how many times u M either."""
MANY = 16
"""Different numbers from which the manner of their errors can be told."""
DEVIATIONS = 4
"""How far from zero the mean of as many random errors may lie, in its own deviations."""


def cancelled(e: Evidence) -> Iterator[Candidate]:
    """Errors of a few roundings of the tensor's largest numbers where the numbers are small: many
    times what those may be off, in the case's own precision, and in no direction.  A large number
    is within its bound, where a wrong formula would be off in proportion."""
    wrong = ~(e.error <= e.bound)
    unit = UNIT_ROUNDOFF[e.dtype] * float(e.rule.magnitude.max())
    errors = ((e.subject - e.oracle) / unit)[wrong]
    if e.inherited or not e.rule.roundings or not 0 < unit < torch.inf:
        return  # what is copied has no digits to lose
    if len(torch.unique(errors)) < MANY or not 1 / FEW <= size(errors) <= FEW:
        return
    sharp = float((SHARP * e.error >= e.bound)[wrong].double().mean()) >= 1 / FEW
    signed = torch.stack([errors, errors * e.oracle[wrong].sign()])
    if sharp and float(errors.abs().max()) <= FEW**2 and like_rounding(signed):
        text = (
            f"{e.step.tensor} is off by {size(errors):.2g} roundings of its largest numbers, also"
        )
        text += " where it is small: digits lost by cancellation, or a transform (FFT, Winograd)"
        yield Candidate(Cause("cancellation", text))


def lower(e: Evidence) -> Iterator[Candidate]:
    """Numbers that have the bits of a lower precision, each off by no more than that rounds.  Of
    other numbers nothing is said: errors of that size have many origins.  Nor is anything of an
    inherited error, which has passed through other numbers and may be of any size."""
    if e.inherited:
        return
    M = torch.maximum(e.rule.magnitude, e.oracle.abs())
    for name, dtype in coarser(e):
        u = UNIT_ROUNDOFF[name]
        if FEW * u * float(M.max()) >= float(e.oracle.abs().max()):
            continue  # as large as the tensor: it could not have been refuted
        if not (held(e, dtype) or derivative_held(e, dtype)):
            continue
        if bool((e.error <= FEW * u * M).all()):
            text = f"{e.step.tensor} holds {name} numbers, or products with such, and is as far off"
            text += f" as {name} rounding:"
            text += " computed in it, or from what was stored in it"
            yield Candidate(Cause("lower-precision", text))
            return


def size(errors: Tensor) -> float:
    """Root of the mean square."""
    return float(errors.square().mean().sqrt())


def like_rounding(errors: Tensor) -> bool:
    """Most are off, none far more than the others, as often upwards as downwards, as often away
    from zero as towards it: no mask, no index and no factor makes such errors."""
    most = FEW * float(errors[0].abs().median()) >= size(errors)
    spread = float(errors.abs().max()) <= FEW * size(errors)
    level = errors.sum(dim=1).abs() <= DEVIATIONS * errors[0].norm()
    return most and spread and bool(level.all())
