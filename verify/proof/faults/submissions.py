"""What is handed in: the cases of a mistake, and its tensors in them under a convention."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace
from functools import lru_cache

import numpy as np

from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.cases.regimes import REGIMES
from verify.judge.trace import Subject
from verify.proof.faults.convention import Arrays, Convention
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.evidence import mistaken
from verify.proof.faults.plant import ALL, Plant

__all__ = ["BATCH", "KINDS", "KINK_FREE", "OWN", "calls", "drawn", "exported",
           "guilty_layers", "jobs", "right_export"]  # fmt: skip
KINK_FREE, BATCH = "kink-free", 3
KINDS = (KINK_FREE, "digits", "ties")
OWN = ("saturated", "zero-bias")
"""Regimes whose numbers some mistakes need to show."""


def jobs(fault: Plant) -> dict[str, Job]:
    """Cases of a mistake by kind: the three of everybody and, where the mistake needs numbers of
    another kind to show, its own; under the options that it needs, and from the loss down."""
    shown = fault.job()
    own = shown.regime if shown.regime in REGIMES else ""
    needed = (REGIMES[own].options or {}).get(shown.variant, {}) if own else {}
    options = tuple({**needed, **dict(shown.options)}.items())
    tier = "float32" if shown.tier == "float32" else "float64"
    kinds = [*KINDS, *([own] if own in OWN else [])]
    return {kind: Job(shown.variant, kind, tier, BATCH, 0, options, network=shown.network)
            for kind in kinds}  # fmt: skip


@lru_cache(maxsize=128)
def drawn(job: Job) -> Case:
    """The case of a job without an upstream gradient.  A tree that has no kink-free cases yet has
    a near relation: signed images, where a kink within rounding is unlikely but not excluded."""
    if job.regime == KINK_FREE and KINK_FREE not in REGIMES:
        job = replace(job, regime="signed")
    elif job.regime == KINK_FREE and importlib.util.find_spec("verify.judge.kinks"):
        job = importlib.import_module("verify.judge.kinks").kink_free(job)
    return from_the_loss(job.case())


def exported(fault: Plant, job: Job, convention: Convention, call: int = ALL) -> Arrays:
    """A whole trace with a mistake planted, in one call or layer or in all; empty if it raised."""
    try:
        with fault.subject(call) as subject, np.errstate(all="ignore"):
            found = convention.export(drawn(job), subject)
    except Exception:  # whatever a mistake raises, it hands in nothing
        return {}
    return {name: np.array(value) for name, value in found.items()}


@lru_cache(maxsize=32)
def right_export(right: Subject, job: Job, convention: Convention) -> Arrays:
    """What a right subject would have handed over."""
    return convention.export(drawn(job), right)


@lru_cache(maxsize=256)
def calls(fault: Plant, job: Job) -> int:
    """How many calls or layers can have a mistake alone."""
    return fault.calls(drawn(job))


@lru_cache(maxsize=256)
def guilty_layers(fault: Plant, job: Job, call: int = ALL) -> frozenset[str]:
    """Layers that are mistaken, in one call or layer or in all."""
    return mistaken(drawn(job), exported(fault, job, CONVENTIONS[0], call))
