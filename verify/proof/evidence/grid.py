"""Ours on the cases of a plan: which tier and which regime finds a mistake by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np

from verify.cases.case import Case
from verify.cases.plan import Job, batch_of
from verify.cases.probes import PROBES
from verify.cases.regimes import REGIMES
from verify.checks.lifecycle import lifecycle
from verify.errors import InputError
from verify.expected.step import is_gradient
from verify.pipeline.judging import OWN, judged
from verify.proof.evidence.ours import findings_of, said
from verify.proof.evidence.plants import (
    Mistaken,
    differing,
    kind_of,
    planted_in,
    right_of,
    why_not,
)
from verify.proof.evidence.policy import Said, row_of
from verify.proof.faults.fault import Fault
from verify.proof.planting.entry import Entry, Home
from verify.proof.planting.run import Run, plant
from verify.subjects.reference import reference

__all__ = ["ALONE", "CELLS", "COLUMNS", "PROBED", "STATE", "VARIANTS", "Cell", "cases_of",
           "cells", "every_case"]  # fmt: skip
PROBED, STATE = "probes", "state checks"
CELLS = (
    *((regime, "float64") for regime in ("digits", "zero-bias", "signed", "ties", "saturated")),
    ("competitive", "float64"),
    ("digits", "float32"),
    ("competitive", "float32"),
    ("integers", "exact"),
    ("integers-map", "exact"),
    *((PROBED, tier) for tier in ("exact", "float64", "float32")),
)
"""Regimes of the full plan, in the tiers of the default one where that has them; batches of 3, of
integers 4."""
VARIANTS = ("modern", "1998")


@dataclass(frozen=True)
class Cell:
    """A mistake in one regime and tier: a row of evidence-plan.csv.  found: in at least one case;
    named: itself among the causes; case: the one that found it."""

    kind: str
    mistake: str
    regime: str
    tier: str
    case: str = ""
    found: bool = False
    named: bool = False

    def row(self) -> dict[str, Any]:
        """As COLUMNS names them."""
        return row_of(self, COLUMNS)


COLUMNS = tuple(field.name for field in fields(Cell))


def cells(mistake: Mistaken) -> Iterator[Cell]:
    """One for each regime and tier; and what the checks of state say of code."""
    if why_not(mistake):
        return
    for regime, tier in CELLS:
        blank = Cell(kind_of(mistake), mistake.name, regime, tier)
        yield _first(blank, mistake, cases_of(mistake, regime, tier))
    if isinstance(mistake, Fault) and kind_of(mistake) == "code":
        yield _state(mistake)


def cases_of(mistake: Mistaken, regime: str, tier: str) -> Iterator[Case]:
    """Cases of a cell, the mistake's own network first."""
    batch = batch_of(regime)
    if isinstance(mistake, Entry):
        yield from _having(mistake.operation, regime, tier, batch, mistake.place)
        return
    if regime == PROBED:
        yield from _probes("", tier)
        return
    own = replace(mistake.job(), regime=regime, tier=tier, batch=batch)
    others = (Job(v, regime, tier, batch, truth=False) for v in VARIANTS if v != own.variant)
    yield from (case for job in (own, *others) if (case := _drawn(job)) is not None)


@cache
def _having(operation: str, regime: str, tier: str, batch: int, place: Home) -> tuple[Case, ...]:
    """Cases that have an operation, of the networks of a home or of both."""
    if regime == PROBED:
        return _probes(operation, tier)
    jobs = [Job(v, regime, tier, batch, truth=False) for v in VARIANTS]
    if place.alone:
        jobs = [replace(place.jobs[0], regime=regime, tier=tier, batch=batch)]
    drawn = (case for job in jobs if (case := _drawn(job)) is not None)
    return tuple(case for case in drawn if Run(case).layers(operation))


@cache
def _drawn(job: Job) -> Case | None:
    """None where a regime is of other networks."""
    if job.regime in REGIMES and REGIMES[job.regime].of is None and job.variant != "1998":
        return None
    try:
        return job.case()
    except InputError:
        return None


@cache
def _probes(operation: str, tier: str) -> tuple[Case, ...]:
    """Layers by themselves, those that have an operation if one is said."""
    drawn = (Job(p.variant, name, tier, min(p.batch, 16)).case() for name, p in PROBES.items())
    return tuple(c for c in drawn if not operation or Run(c).layers(operation))


def every_case(regime: str, tier: str) -> list[Case]:
    """Of a cell, both networks as they are."""
    if regime == PROBED:
        return list(_probes("", tier))
    batch = batch_of(regime)
    drawn = (_drawn(Job(variant, regime, tier, batch, truth=False)) for variant in VARIANTS)
    return [case for case in drawn if case is not None]


def _first(blank: Cell, mistake: Mistaken, tried: Iterator[Case]) -> Cell:
    """Of the first case that finds it."""
    for case in tried:
        if isinstance(mistake, Entry):
            found = _of_entry(blank, mistake, case)
        else:
            found = _of_code(blank, mistake, case)
        if found.found:
            return found
    return blank


ALONE = replace(OWN, only=frozenset())


def _of_entry(blank: Cell, entry: Entry, case: Case) -> Cell:
    """Judged where it is planted: what follows from it is rightly made of it, and passes
    (:func:`verify.proof.planting.entry.try_entry` sees to that)."""
    every = (s for s in Run(case).steps.values() if s.op == entry.operation)
    forward = not any(is_gradient(step.symbol) for step in every)  # links go both ways
    with np.errstate(all="ignore"):
        made = plant(case, entry.operation, entry.mistake, backward=not forward)
    if not made.at:
        return blank
    terms = replace(ALONE, only=frozenset((*made.at, *made.around)))
    return _found(blank, entry, case, said(judged(case, made.trace, terms)))


def _of_code(blank: Cell, fault: Fault, case: Case) -> Cell:
    with planted_in(fault, case) as exhibit:
        right = right_of(fault, case).handed
        if not exhibit.handed or not differing(exhibit.handed, right, case.dtype):
            return blank
        return _found(blank, fault, case, said(findings_of(exhibit)))


def _found(blank: Cell, mistake: Mistaken, case: Case, told: Said) -> Cell:
    causes = {name.rpartition("/")[2] for name in told.causes}
    return replace(blank, case=case.name, found=told.rejected, named=mistake.cause in causes)


def _state(fault: Fault) -> Cell:
    """Called more than once: what a single trace does not show."""
    blank, case = Cell(kind_of(fault), fault.name, STATE, "float64"), fault.job().case()
    with planted_in(fault, case):
        failed = [check for check in lifecycle(reference, case) if not check.passed]
    named = any(fault.check and check.subject.startswith(fault.check) for check in failed)
    return replace(blank, case=case.name, found=bool(failed), named=named)
