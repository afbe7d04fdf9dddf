"""Mistakes in the cases that show them, as exhibits: wrong, and right beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, partial
from types import MappingProxyType

import numpy as np

from lenet_ref import network
from verify.cases.case import Case
from verify.exchange.layout import PLAIN
from verify.expected.step import is_gradient
from verify.judge.trace import Trace
from verify.mistakes.mistake import Mistake
from verify.proof.evidence.exhibit import Array, Exhibit, lowered, moved, objective
from verify.proof.evidence.scopes import is_alone
from verify.proof.faults.difference import beyond_rounding
from verify.proof.faults.evidence import mistaken
from verify.proof.faults.fault import Fault
from verify.proof.planting.cases import NOT_PLANTABLE
from verify.proof.planting.entry import Entry, Home
from verify.proof.planting.general import General
from verify.proof.planting.run import Planted, Run, plant
from verify.subjects.reference import reference

__all__ = ["KINDS", "NO_MISTAKE", "RANDOM", "TIERS", "Mistaken", "Shown", "candidates",
           "differing", "guilty_layers", "kind_of", "planted_in", "right_of", "shown",
           "why_not"]  # fmt: skip
Mistaken = Entry | Fault
TIERS = ("float64", "float32")
KINDS = ("table", "general", "code", "random")
RANDOM = "random-"
"""Start of the names of changes that nobody listed."""


def kind_of(mistake: Mistaken) -> str:
    """An entry of the table, a general cause, a mistake in the code, or a random change."""
    if isinstance(mistake, Entry):
        return "general" if isinstance(mistake, General) else "table"
    return "random" if mistake.name.startswith(RANDOM) else "code"


@dataclass(frozen=True, eq=False)
class Shown:
    """A mistake in a case that shows it.  guilty: layers that are mistaken; differs: tensors that
    are others than without it, by more than rounding."""

    mistake: Mistaken
    exhibit: Exhibit
    guilty: frozenset[str]
    differs: frozenset[str]


@contextmanager
def planted_in(mistake: Mistaken, case: Case) -> Iterator[Exhibit]:
    """The exhibit of a mistake, as long as it is planted."""
    if isinstance(mistake, Entry):
        yield _stepwise(case, mistake, right_of(mistake, case))
    else:
        right = right_of(mistake, case)
        right.handed  # noqa: B018  # before anything is planted
        with mistake.subject() as subject:
            yield Exhibit(case, subject, _forward, right=right)


@dataclass(frozen=True, eq=False)
class _Planted(Exhibit):
    """A network by the truth's formulas, with an entry of the table in every layer that has its
    operation; without one nothing is mistaken."""

    entry: Entry | None = None

    @cached_property
    def planted(self) -> Planted:
        """The trace, and where the mistake is in it."""
        return _evaluated(self.case, self.entry)

    @cached_property
    def handed(self) -> Trace:
        """What is planted in."""
        return self.planted.trace

    def changed(self, name: str, index: tuple[int, ...], by: float) -> float:
        """The same, from the first layer on that sees the change."""
        case, later = moved(self.case, name, index, by), name.partition(".")[0]
        layers = [layer.name for layer in case.arch.layers]
        before = layers[: layers.index(later)] if later in layers else []
        known = {k: v for k, v in self.goes_forward.items() if k.partition(".")[0] in before}
        with np.errstate(all="ignore"):
            return objective(case, _evaluated(case, self.entry, False, known).trace)


def _evaluated(
    case: Case, entry: Entry | None, backward: bool = True, known: Trace = MappingProxyType({})
) -> Planted:
    operation, mistake = (entry.operation, entry.mistake) if entry else ("", NO_MISTAKE)
    with np.errstate(all="ignore"):
        return plant(case, operation, mistake, backward=backward, known=known)


NO_MISTAKE = Mistake("none", "", "", lambda e: e.oracle)


def _stepwise(case: Case, entry: Entry | None, right: Exhibit | None = None) -> Exhibit:
    def run(given: Case, backward: bool) -> Trace:
        return _evaluated(given, entry, backward).trace

    whole, forward = (partial(run, backward=way) for way in (True, False))
    behind = entry is not None and is_gradient(entry.operation.rpartition(".")[2])
    return _Planted(case, whole, forward, PLAIN, right, behind, entry)


def _forward(case: Case) -> Trace:
    return network.forward(case.arch, case.parameters, case.images, case.labels)


def right_of(mistake: Mistaken, case: Case) -> Exhibit:
    """The same network without the mistake, each case once."""
    return _right(isinstance(mistake, Entry), _Key(case))


class _Key:
    """A case by its name: what is drawn from the same words is the same."""

    def __init__(self, case: Case) -> None:
        self.case, self._name = case, (case.name, case.arch)

    def __hash__(self) -> int:
        return hash(self._name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._name == other._name


@lru_cache(maxsize=96)
def _right(entry: bool, key: _Key) -> Exhibit:
    if entry:
        return _stepwise(key.case, None)
    return Exhibit(key.case, reference, _forward)


def candidates(mistake: Mistaken, tier: str) -> Iterator[Case]:
    """Cases to try: whole networks first, for there people look; then layers by themselves."""
    if isinstance(mistake, Entry):
        for case in _having(mistake.operation, mistake.place):
            yield lowered(case, tier)
    else:
        yield replace(mistake.job(), tier=tier).case()


@cache
def _having(operation: str, place: Home) -> tuple[Case, ...]:
    """Cases that have an operation."""
    return tuple(sorted((c for c in place.cases if Run(c).layers(operation)), key=is_alone))


def shown(mistake: Mistaken, tier: str) -> tuple[Case, frozenset[str]] | None:
    """The first case in which it makes a difference, and the tensors that differ; None: it makes
    none beyond rounding in any."""
    if why_not(mistake):
        return None
    for case in candidates(mistake, tier):
        with planted_in(mistake, case) as exhibit:
            apart = differing(exhibit.handed, right_of(mistake, case).handed, case.dtype)
        if apart:
            return case, apart
    return None


def why_not(mistake: Mistaken) -> str:
    """Why nothing can show it: proved to have no effect, or not plantable."""
    if isinstance(mistake, Entry):
        return NOT_PLANTABLE.get((mistake.operation, mistake.mistake.name), "")
    return mistake.equivalent


def differing(wrong: Mapping[str, Array], right: Mapping[str, Array], dtype: str) -> frozenset[str]:
    """Names of tensors that are missing, of another form, or further apart than rounding."""
    return frozenset(name for name in right if _apart(wrong.get(name), right[name], dtype))


def _apart(value: Array | None, right: Array, dtype: str) -> bool:
    if value is None or np.shape(value) != right.shape:
        return True
    return value.dtype != right.dtype or beyond_rounding(value, right, dtype)


def guilty_layers(mistake: Mistaken, exhibit: Exhibit) -> frozenset[str]:
    """Layers that an entry was planted in; of code those with a tensor that their own inputs do
    not make or, where rounding hides which, those that the mistake is said to be in."""
    if isinstance(exhibit, _Planted):
        found = exhibit.planted
        return frozenset(name.partition(".")[0] for name in (*found.at, *found.around))
    return mistaken(exhibit.case, exhibit.handed) or frozenset(mistake.layers.split())
