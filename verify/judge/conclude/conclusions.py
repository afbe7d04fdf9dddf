"""What all findings of all cases come to, as values: verify.report.conclusions has the words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify.cases.case import Case
from verify.judge.conclude.common import Common, common_cause, without_consequence
from verify.judge.conclude.span import Span, span
from verify.judge.findings import Finding
from verify.judge.reasons import Reason
from verify.judge.verdict import Verdict

__all__ = ["NOT_SUPPLIED", "SYMBOLS", "Conclusions", "Doubt", "Findings", "Harmless", "Lacking",
           "Located", "Place", "conclude", "lacking", "one_cause", "suspects"]  # fmt: skip
Findings = Sequence[tuple[Case, Sequence[Finding]]]
NOT_SUPPLIED = (Verdict.ABSENT, Verdict.MISSING)


@dataclass(frozen=True)
class Place:
    """A case in a few words."""

    regime: str
    batch: int


@dataclass(frozen=True)
class Located:
    """Where no layer has an own error: the layers the error can have arisen in, in one case."""

    place: Place
    span: Span


@dataclass(frozen=True)
class Harmless:
    """A tensor that does not follow from what was supplied before it.  right: it agrees with the
    oracle's run; else it differs, but no parameter gradient after it does."""

    tensor: str
    right: bool


@dataclass(frozen=True)
class Doubt:
    """A tensor that was compared too bluntly in one case.  reason: None where it is that so many
    of its elements could have been anything of their size."""

    tensor: str
    place: Place
    reason: Reason | None
    some: int
    elements: int


@dataclass(frozen=True)
class Lacking:
    """Layers of which no case supplied the same symbols, in order of computation."""

    layers: tuple[str, ...]
    symbols: tuple[str, ...]


@dataclass(frozen=True)
class Conclusions:
    """told: of each case one cause behind its rows, a span where no layer can be named, and what
    has no effect.  one: the cause behind every failing row of every case; suspects: layers
    left where none is guilty, in groups of which each holds a mistake; taken: tensors whose shape
    was taken for another one."""

    told: tuple[Common | Located | Harmless, ...]
    one: Common | None
    suspects: tuple[tuple[str, ...], ...]
    taken: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    lacking: tuple[Lacking, ...]


def conclude(findings: Findings) -> Conclusions:
    """Everything there is to conclude."""
    every = [finding for _, each in findings for finding in each]
    told = (what for case, each in findings for what in _of_case(case, each))
    return Conclusions(
        told=tuple(told),
        one=one_cause(findings),
        suspects=suspects(findings),
        taken=tuple(dict.fromkeys(f.step.tensor for f in every if f.taken is not None)),
        doubts=tuple(_doubt(f) for f in every if f.verdict is Verdict.UNVERIFIED),
        lacking=tuple(lacking(every)),
    )


def _of_case(case: Case, each: Sequence[Finding]) -> Iterator[Common | Located | Harmless]:
    if (cause := common_cause(each)) is not None:
        yield cause
    elif (where := span(each)) is not None:
        yield Located(Place(case.regime, case.batch), where)
    for finding in without_consequence(each):
        yield Harmless(finding.step.tensor, finding.inherited.verdict is Verdict.PASS)


def one_cause(findings: Findings) -> Common | None:
    """The cause behind every failing row of every case, told as in the first; None if there are
    rows without one, or of another kind."""
    causes = [common_cause(each) for _, each in findings if any(f.failed for f in each)]
    return causes[0] if len({type(cause) for cause in causes}) == 1 else None


def suspects(findings: Findings) -> tuple[tuple[str, ...], ...]:
    """Layers the error can have arisen in where none has an own error, of any case: what they agree
    on would be the one guilty layer only if there were one mistake.  Those of cases that share no
    layer stand apart: there is a mistake in each."""
    groups: list[tuple[str, ...]] = []
    for _, each in findings:
        if (found := span(each)) is not None:
            alike = [group for group in groups if {*group} & {*found.layers}]
            merged = tuple(dict.fromkeys(layer for g in (*alike, found.layers) for layer in g))
            place = groups.index(alike[0]) if alike else len(groups)
            groups.insert(place, merged)
            groups = [group for group in groups if group is merged or group not in alike]
    return tuple(groups)


def _doubt(f: Finding) -> Doubt:
    elements = math.prod(f.shape)
    why = f.reason if f.rests_on or f.verified == elements else None
    place = Place(f.case.regime, f.case.batch)
    return Doubt(f.step.tensor, place, why, elements - f.verified, elements)


def lacking(every: Sequence[Finding]) -> Iterator[Lacking]:
    """What no case supplied; layers that lack the same are told together."""
    seen: dict[tuple[str, str], bool] = {}
    for f in every:
        key = f.step.layer, f.step.symbol
        seen[key] = seen.get(key, False) or f.verdict not in NOT_SUPPLIED
    absent: dict[str, list[str]] = {}
    for (layer, symbol), supplied in seen.items():
        if not supplied:
            absent.setdefault(layer, []).append(symbol)
    alike: dict[tuple[str, ...], list[str]] = {}
    for layer, symbols in absent.items():
        alike.setdefault(tuple(sorted(symbols, key=_place)), []).append(layer)
    for told, layers in alike.items():
        yield Lacking(tuple(layers), told)


def _place(symbol: str) -> int:
    return SYMBOLS.index(symbol) if symbol in SYMBOLS else len(SYMBOLS)


SYMBOLS = (
    *("x", "a", "s", "W", "b", "z", "argmax", "y", "probs", "data", "reg", "total"),
    *("dy", "dz", "ds", "da", "dx", "dW", "db"),
)
"""In one order for all layers; a symbol that is new stands last."""
