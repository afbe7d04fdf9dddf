"""Of layers of which too little was handed in to tell which is guilty: what else is wrong, and what
would tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.checks.outcome import Outcome
from verify.expected.step import is_gradient
from verify.judge.conclude.span import span
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.report.reasons import cause, either, unexplained
from verify.words import listed

__all__ = ["apart", "left"]


def left(outcome: Outcome) -> Iterator[str]:
    """A line for each group of layers but that of the first failure, and what would tell which."""
    first = outcome.first
    for group in outcome.apart:
        found = _first(outcome, group)
        if found is None:
            continue
        if first is not None and first.step.layer not in group:
            yield f"  also {either(group)}: {cause(found[0].cause) or unexplained(found[0])}"
        if names := _between(group, *found):
            yield f"  to tell which: hand in {listed(names)}, too"


def apart(outcome: Outcome) -> Iterator[Finding]:
    """The first wrong tensor of each group but that of the first failure."""
    first = outcome.first
    for group in outcome.apart:
        found = _first(outcome, group)
        if found is not None and first is not None and first.step.layer not in group:
            yield found[0]


def _first(outcome: Outcome, group: Sequence[str]) -> tuple[Finding, Sequence[Finding]] | None:
    """The first wrong tensor of a group, with all of its case."""
    for _, each in outcome.findings:
        where = span(each)
        if where is not None and {*where.layers} <= {*group}:
            return next(f for f in each if f.step.tensor == where.wrong), each
    return None


def _between(group: Sequence[str], wrong: Finding, each: Sequence[Finding]) -> list[str]:
    """What the layers hand to each other and nobody has seen: gradients on the way back."""
    symbol = "dx" if is_gradient(wrong.step.symbol) else "y"
    absent = {f.step.tensor for f in each if f.verdict is Verdict.ABSENT}
    handed = [f"{layer}.{symbol}" for layer in group if layer != wrong.step.layer]
    if wrong.step.symbol in ("dy", "x"):  # that is what the last of them handed down
        handed = handed[:-1]
    return [name for name in handed if name in absent]
