"""A right convention that was not declared, or one declared that is not so: found by judging the
same tensors with it, or without.

A convention is named only if it makes right what is wrong without it: every failing row, or most
of them and nothing else.  Judged under it is the whole of what was handed in, at full strength, so
that a mistake beside it stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from verify.cases.case import Case
from verify.cases.pace import paced
from verify.checks.check import Check
from verify.checks.outcome import Outcome, concluded
from verify.errors import InputError
from verify.exchange.conventions import as_trace
from verify.exchange.known import candidates, learning_rate, meanings
from verify.exchange.layout import Layout
from verify.judge.conclude.conclusions import Findings
from verify.judge.findings import Finding
from verify.judge.samples import first_alone
from verify.judge.trace import Converted, Trace
from verify.judge.verdict import Verdict
from verify.mistakes.agreed import agreed
from verify.pipeline.given import Given
from verify.pipeline.judging import BLAME, judge_dump
from verify.pipeline.judging import judged as judged_trace
from verify.pipeline.request import CheckRequest

__all__ = [
    "FEW",
    "MOST",
    "Heard",
    "Read",
    "Search",
    "accused",
    "check",
    "declaration",
    "fewer",
    "judged",
]  # fmt: skip

Heard = Sequence[tuple[Case, Trace]]
Read = tuple[Case, Converted]
MOST = 5
"""Conventions of one subject that are looked for."""
FEW = 8
"""Accused tensors, from all over the network, by which a mapping is tried first."""


def judged(
    heard: Heard,
    request: CheckRequest,
    checks: Sequence[Check] = (),
    asked: int = 0,
    live: bool = False,
) -> Outcome:
    """What a whole subject comes to, under what it declared, or what it should have.

    asked: how many cases there were, if not all have an answer; live: it was handed them, in the
    layouts that it declared.
    """
    layout = request.source.layout
    findings = _findings(heard, layout, request)
    before = [accused(each) for _, each in findings]
    search = Search(heard, layout, before, Given(layout, live))
    found = search.found() if any(before) else None
    if found is not None:
        under = _findings([(search.given.under(c, found), a) for c, a in heard], found, request)
        if fewer(before, [accused(each) for _, each in under]):
            said = check(heard[0][0].arch.variant, layout, found)
            return concluded(under, (*checks, said), asked)
    return concluded(findings, checks, asked)


def _findings(heard: Heard, layout: Layout, request: CheckRequest) -> Findings:
    found = [
        (case, request.shown(judge_dump(case, arrays, layout, request.require, samples=True)))
        for case, arrays in paced(heard, "judging case")
    ]
    return first_alone(agreed(found))


def accused(findings: Iterable[Finding]) -> set[str]:
    """Tensors that are in error themselves, or may be: what they were made from is not known."""
    return {
        f.step.tensor
        for f in findings
        if f.guilty or (f.failed and f.own.verdict is Verdict.ABSENT)
    }


def fewer(before: Sequence[set[str]], after: Sequence[set[str]]) -> bool:
    """Most of what was accused is right, and nothing that was right is accused."""
    beside = all(now <= then for then, now in zip(before, after, strict=True))
    return beside and 2 * sum(map(len, after)) <= sum(map(len, before))


@dataclass(frozen=True)
class Search:
    """heard: what was handed in; layout: what is declared; before: what is accused in each case;
    given: how their inputs were."""

    heard: Heard
    layout: Layout
    before: Sequence[set[str]]
    given: Given

    def found(self) -> Layout | None:
        """The mapping with what would have to be declared, as far as one case tells; None where
        nothing explains most of what is accused in it."""
        probe = max(range(len(self.heard)), key=self._telling)
        best, left = self.layout, self.before[probe]
        for _ in range(MOST):
            better = self._better(probe, best, left) if left else None
            if better is None:
                break
            best, left = better
        return None if best is self.layout else best

    def _telling(self, k: int) -> tuple[bool, bool, int, int]:
        """Of which case to ask first: one or two patterns cannot tell N from other factors."""
        n, accused = self.heard[k][0].batch, len(self.before[k])
        return accused > 0, n > 2, accused, -n

    def _rate(self, layout: Layout) -> float | None:
        """The learning rate that most cases tell of."""
        each = (learning_rate(*as_trace(case, arrays, layout)) for case, arrays in self.heard)
        found = Counter(rate for rate in each if rate is not None)
        return max(found, key=lambda rate: found[rate], default=None)

    def _better(self, k: int, layout: Layout, left: set[str]) -> tuple[Layout, set[str]] | None:
        """Of the mappings with one more choice, the first that accuses least in all; judging a few
        tensors of every kind tells most mappings from it.  Where filters stand otherwise too, what
        is right of the whole shows in the biases alone."""
        now, better = self._as_read(k, layout), list[tuple[Layout, set[str]]]()
        few = frozenset(sorted(left, key=_kind)[:: 1 + len(left) // FEW])
        for each in self.given.candidates(candidates(layout, self._rate(layout)), layout):
            read = self._read(k, each)
            if read is None or _same(now, read):
                continue
            if 4 * len(_under(read, few, few)) <= 3 * len(few):
                still = _under(read, left, None)
                if each["update"] == layout["update"]:  # else what is lost is the explanation
                    still |= _idle(now, read, left)
                better += [(each, still)] if still < left else []
                if not still:  # none after it accuses less
                    break
        return min(better, key=lambda one: len(one[1]), default=None)

    def _as_read(self, k: int, layout: Layout) -> Read:
        case, arrays = self.heard[k]
        return as_trace(self.given.under(case, layout), arrays, layout)

    def _read(self, k: int, layout: Layout) -> Read | None:
        """What was handed in under a mapping; None where this network has no such convention."""
        try:
            return self._as_read(k, layout)
        except InputError:
            return None


def _kind(tensor: str) -> tuple[str, str]:
    layer, _, symbol = tensor.partition(".")
    return symbol, layer


def _same(one: Read, other: Read) -> bool:
    """A mapping makes no difference: it declares a layout that these arrays do not have."""
    (this, trace), (that, second) = one, other
    alike = this.arch == that.arch and this.parameters is that.parameters
    blurs = trace.blur.keys() == second.blur.keys() and all(
        np.array_equal(blur, second.blur[name]) for name, blur in trace.blur.items()
    )
    return alike and blurs and all(map(_view, trace.values(), second.values()))


def _idle(now: Read, read: Read, left: set[str]) -> set[str]:
    """Of what is accused that which is excused as it is, by what a conversion may round alone: no
    convention explains it."""
    if not read[1].blur:
        return set()
    case, blurred = now[0], Converted(now[1])
    blurred.blur = now[1].blur | read[1].blur
    return left - accused(judged_trace(case, blurred, replace(BLAME, only=frozenset(left))))


def _view(one: Any, other: Any) -> bool:
    """Both are the same memory, read in the same way."""
    if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)):
        return one is other
    places = (each.__array_interface__["data"] for each in (one, other))
    return one.shape == other.shape and one.strides == other.strides and len({*places}) == 1


def _under(read: Read, before: Collection[str], only: frozenset[str] | None) -> set[str]:
    """What is accused under a mapping, of some tensors or of all, and what was accused before and
    is not verified now."""
    found = judged_trace(*read, replace(BLAME, only=only))
    shown = {f.step.tensor for f in found if Verdict.PASS in (f.own.verdict, f.verdict)}
    return accused(found) | ({*before} - shown)


def declaration(declared: Layout, found: Layout) -> dict[str, str]:
    """What one mapping says beyond another."""
    return {k: v for k, v in found.chosen.items() if declared.chosen.get(k) != v}


def check(variant: str, declared: Layout, found: Layout) -> Check:
    """The one finding about it, with the words that would declare it, or what to leave out."""
    missing = declaration(declared, found)
    words = " ".join(f"--convention {key}={value}" for key, value in missing.items())
    chosen = ", ".join(f'{key} = "{value}"' for key, value in missing.items())
    if wrong := [key for key in declared.chosen if key not in found.chosen]:
        taken = ", ".join(f'{key} = "{declared.chosen[key]}"' for key in wrong)
        said = f"{taken}: without it what is accused is right"
        said += f", with {chosen}" if chosen else ""
        drop = ", ".join(wrong)
        return Check("convention", variant, "is said to have", False, said, fix=words, drop=drop)
    said = f"{chosen}: {'; '.join(meanings(missing))}"
    return Check("convention", variant, "does not declare", False, said, fix=words)
