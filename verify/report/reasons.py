"""Reasons in words, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from verify.judge.compare import Comparison
from verify.judge.findings import Cause, Finding
from verify.judge.reasons import (
    Beyond,
    Blunt,
    Disputed,
    Element,
    HadItFirst,
    NoArray,
    NotReached,
    OtherDtype,
    OtherShape,
    Plain,
    Raised,
    Reason,
    Required,
    RestsOn,
    ShapesDiffer,
    Unfed,
)

__all__ = ["PLAIN", "at", "cause", "difference", "each_of", "either", "explained", "text", "theirs",
           "unexplained"]  # fmt: skip
PLAIN = {
    Plain.MISSING: "missing",
    Plain.NOT_ASKED_FOR: "not asked for",
    Plain.NOTHING_TO_COMPARE: "nothing to compare",
    Plain.REFERENCE_NOT_FINITE: "the reference is not finite",
    Plain.REFERENCE_ZERO: "the reference is zero everywhere",
    Plain.BOUND_NOT_FINITE: "the bound is not finite",
    Plain.BOUND_NEGATIVE: "the bound is negative",
    Plain.BOUND_DOES_NOT_HOLD: "its bound does not hold here for PyTorch itself, from inputs one "
    "rounding off",
    Plain.CONSTANT_UPSTREAM: "the upstream gradient is constant: it would hide transposes and "
    "swaps",
    Plain.NO_NEGATIVE_INPUT: "no negative input: this ReLU was not exercised",
    Plain.NO_TIE: "no tied window in a regime that promises ties",
    Plain.TRANSCENDENTAL: "not applicable: exponentials and logarithms have no exact values",
    Plain.CONSTANT_NOT_EXACT: "not applicable: a parameter of the activation is rounded",
    Plain.MEAN_NOT_EXACT: "not applicable: 1/N is not a power of two",
    Plain.SUMS_TOO_LARGE: "sums exceed the largest exact integer",
    Plain.INPUTS_OFF_GRID: "inputs are not on the exact grid",
    Plain.VALUES_OFF_GRID: "values are not on the exact grid",
}


def text(reason: Reason | None) -> str:
    """A reason in a few words, on one line; empty where there is none."""
    match reason:
        case None:
            return ""
        case Plain():
            return PLAIN[reason]
        case NoArray() | OtherShape() | OtherDtype() | ShapesDiffer():
            return _of_another_kind(reason)
        case Beyond(comparison):
            return difference(comparison)
        case Blunt(some, elements):
            few = f"{some} of {elements} elements"
            return f"the bound reaches the size of {few}: a mistake there could pass"
        case Unfed() | HadItFirst() | RestsOn():
            return _about(reason, ", ".join(reason.tensors))
        case Disputed(distance):
            return f"PyTorch is {distance:.2g} from the truth: no verdict"
        case Raised(error, message):
            return f"{error}: {message}"
        case NotReached(layer):
            return f"not reached: {layer} raised"
        case Required(require, why):
            return f"{text(why) or 'not supplied'}; --require {require}"
        case _:
            assert_never(reason)


def cause(found: Cause | None) -> str:
    """A cause in one line; empty where none is known."""
    if found is None:
        return ""
    return f"{found.text}: {text(found.reason)}" if found.reason else found.text


def unexplained(finding: Finding) -> str:
    """What is said where no cause is known: how near one factor comes, if any does."""
    if finding.nearest is None:
        return "unexplained"
    near = finding.nearest
    return f"unexplained; nearest: the reference x {near.factor:.4g}, which leaves {near.left:.1%}"


def explained(finding: Finding) -> str:
    """The cause of a finding or, where none is known, why it is no pass."""
    return cause(finding.cause) or text(finding.reason)


def _of_another_kind(reason: NoArray | OtherShape | OtherDtype | ShapesDiffer) -> str:
    match reason:
        case NoArray(got):
            return f"{got}, expected an array"
        case OtherShape(theirs, ours):
            return f"shape {theirs}, expected {ours}"
        case OtherDtype(kind, expected):
            return f"dtype {kind}, expected {expected}" if expected else f"dtype {kind}"
        case ShapesDiffer(subject, reference, bound):
            return f"shapes differ: {subject}, {reference}, bound {bound}"
        case _:
            assert_never(reason)


def _about(reason: Unfed | HadItFirst | RestsOn, names: str) -> str:
    match reason:
        case Unfed():
            return f"not supplied: {names}"
        case HadItFirst():
            return f"{names} had it first"
        case RestsOn():
            return f"right on {names}, which was not verified"
        case _:
            assert_never(reason)


def difference(c: Comparison) -> str:
    """Where and by how much, in one line."""
    where = at(c.index) or "value"
    where += f" (yours: {theirs(c.elsewhere)})" if c.elsewhere else ""
    if c.nan or c.inf:
        return f"{c.nan} NaN and {c.inf} Inf; at {where} got {c.subject!r}"
    return (
        f"at {where} got {c.subject!r}, expected {c.reference!r}, "
        f"off by {c.error:.2g}, allowed {c.bound:.2g} ({c.failing} elements)"
    )


def at(index: Sequence[int]) -> str:
    """``[3, 17]``; empty of a number."""
    return "[" + ", ".join(map(str, index)) + "]" if index else ""


def theirs(place: Element) -> str:
    """``fc1.weight.grad[17, 3]``: an element by the name and the index that it has with them."""
    return f"{place.name}{at(place.index)}"


def each_of(groups: Iterable[Sequence[str]]) -> str:
    """F6 or F5, and loss: of each group one."""
    return ", and ".join(map(either, groups))


def either(names: Sequence[str]) -> str:
    """C1, S2 or C3."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
