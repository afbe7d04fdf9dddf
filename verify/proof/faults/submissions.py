"""What is handed in: the cases of a mistake, and its tensors in them under a convention."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.cases.regimes import REGIMES
from verify.proof.faults.conventions import Arrays, Convention
from verify.proof.faults.fault import Fault, planted
from verify.subjects.reference import reference

KINK_FREE, BATCH = "kink-free", 3
KINDS = (KINK_FREE, "digits", "ties")
OWN = ("saturated", "zero-bias")
"""Regimes whose numbers some mistakes need to show."""
ALL = -1
"""In place of the number of a call: every one of them."""


def jobs(fault: Fault) -> dict[str, Job]:
    """Cases of a mistake by kind: the three of everybody and, where the mistake needs numbers of
    another kind to show, its own; under the options that it needs, and from the loss down."""
    own = fault.regime if fault.regime in REGIMES else ""
    needed = (REGIMES[own].options or {}).get(fault.variant, {}) if own else {}
    options = tuple({**needed, **dict(fault.options)}.items())
    tier = "float32" if fault.tier == "float32" else "float64"
    kinds = [*KINDS, *([own] if own in OWN else [])]
    return {kind: Job(fault.variant, kind, tier, BATCH, 0, options) for kind in kinds}


@lru_cache(maxsize=128)
def drawn(job: Job) -> Case:
    """The case of a job without an upstream gradient.  A tree that has no kink-free cases yet has
    a near relation: signed images, where a kink within rounding is unlikely but not excluded."""
    if job.regime == KINK_FREE and KINK_FREE not in REGIMES:
        job = replace(job, regime="signed")
    elif job.regime == KINK_FREE and importlib.util.find_spec("verify.judge.kinks"):
        job = importlib.import_module("verify.judge.kinks").kink_free(job)
    return replace(job.case(), upstream=None)


def exported(fault: Fault | None, job: Job, convention: Convention, call: int = ALL) -> Arrays:
    """A whole trace, with a mistake planted or without, in one call of its function or in all;
    empty if it raised."""
    if fault is None:
        return convention.export(drawn(job), _on_a_copy)
    alone = OneCall(fault.make, call)
    plant = fault if call == ALL else replace(fault, make=alone.make)

    def subject(case: Case) -> Arrays:
        alone.count = 0
        return _on_a_copy(case)

    try:
        with planted(plant), np.errstate(all="ignore"):
            found = convention.export(drawn(job), subject)
    except Exception:  # whatever a mistake raises, it hands in nothing
        return {}
    return {name: np.array(value) for name, value in found.items()}


def _on_a_copy(case: Case) -> Arrays:
    """Some mistakes change what they are given."""
    return dict(reference(case.handed_out()))


@lru_cache(maxsize=32)
def right_export(job: Job, convention: Convention) -> Arrays:
    """What a right subject would have handed over."""
    return exported(None, job, convention)


class OneCall:
    """A mistake in one layer alone: our layers share their functions, other people's need not.

    make: of the mistake; call: which call of a run is mistaken, from 0; count: calls so far.
    """

    def __init__(self, make: Callable[[Any], Any], call: int) -> None:
        self._make, self._call, self.count = make, call, 0

    def make(self, right: Any) -> Any:
        """The right function, but for one call; what is no function is called never."""
        if not callable(right):
            return right
        wrong = self._make(right)

        def chosen(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            return (wrong if self.count - 1 == self._call else right)(*arguments, **named)

        return chosen


@lru_cache(maxsize=256)
def calls(fault: Fault, job: Job) -> int:
    """How often a run calls the function that a mistake is in."""
    alone = OneCall(lambda right: right, ALL)
    with planted(replace(fault, make=alone.make)):
        _on_a_copy(drawn(job))
    return alone.count
