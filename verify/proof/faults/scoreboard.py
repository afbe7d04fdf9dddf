"""Plant every fault in the code, run the verification, hold what it said against what it had to
say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from verify.cases.case import Case
from verify.cases.plan import Job, batch_of
from verify.checks.lifecycle import lifecycle
from verify.judge.findings import Finding
from verify.judge.trace import Subject
from verify.pipeline.judging import OWN, judge_subject
from verify.proof.faults.fault import Fault, planted
from verify.proof.faults.plant import CAUGHT, EQUIVALENT, Outcome, Plant
from verify.report.reasons import explained
from verify.subjects.reference import reference

__all__ = ["Grid", "described", "try_fault", "visible"]
Grid = Iterable[tuple[str, str]]


def try_fault(fault: Fault, grid: Grid = ()) -> Outcome:
    """Plant one fault and judge its cheapest case; with a grid of (regime, tier), also say
    where else it shows."""
    case = fault.job().case()
    blank = Outcome(fault, "", fault.layers, fault.variant)
    with planted(fault), np.errstate(all="ignore"):
        if fault.check:
            return _state_outcome(blank, fault, case)
        findings = judge_subject(case, reference, OWN)
        blank = replace(blank, visible_in=visible(fault, reference, grid))
    outcome = _equivalent if fault.equivalent else _outcome
    return outcome(blank, fault, findings)


def visible(plant: Plant, subject: Subject, grid: Grid) -> tuple[str, ...]:
    """Regimes and tiers in which a subject's mistake shows."""
    jobs = [_elsewhere(plant, regime, tier).case() for regime, tier in grid]
    return tuple(
        f"{case.regime}/{case.tier}"
        for case in jobs
        if any(f.failed for f in judge_subject(case, subject, OWN))
    )


def _elsewhere(plant: Plant, regime: str, tier: str) -> Job:
    job = plant.job()
    return replace(job, regime=regime, tier=tier, batch=batch_of(regime, job.batch))


def _state_outcome(blank: Outcome, fault: Fault, case: Case) -> Outcome:
    failed = [c for c in lifecycle(reference, case) if not c.passed]
    named = [c for c in failed if c.subject.startswith(fault.check)]
    if not failed:
        return replace(blank, verdict="survived")
    shown = (named or failed)[0]
    return replace(
        blank,
        verdict=CAUGHT if named else "misdiagnosed",
        cause=fault.check,
        diagnosis=f"{shown.subject}: {shown.detail}",
        caught_by="lifecycle",
    )


def _equivalent(blank: Outcome, fault: Fault, findings: Sequence[Finding]) -> Outcome:
    wrong = [f for f in findings if f.failed]
    verdict = "not equivalent" if wrong or blank.visible_in else EQUIVALENT
    worst = max((f.own.comparison.ratio for f in findings if f.own.comparison), default=0.0)
    return replace(blank, verdict=verdict, ratio=worst)


def _outcome(blank: Outcome, fault: Fault, findings: Sequence[Finding]) -> Outcome:
    guilty = [f for f in findings if f.guilty]
    if not guilty:
        return replace(blank, verdict="survived")
    found = described(blank, guilty, guilty[0])
    return replace(found, verdict=_verdict(fault, found))


def described(blank: Outcome, guilty: Sequence[Finding], shown: Finding) -> Outcome:
    """Who is guilty, and what is said of one of the tensors."""
    comparison = shown.own.comparison
    return replace(
        blank,
        guilty=tuple(dict.fromkeys(f.step.layer for f in guilty)),
        tensor=shown.step.tensor,
        cause=shown.cause.name if shown.cause else "",
        diagnosis=explained(shown),
        ratio=float("nan") if comparison is None else comparison.ratio,
        caught_by=f"own error, {shown.case.regime}/{shown.case.tier}",
    )


def _verdict(fault: Fault, found: Outcome) -> str:
    if set(found.guilty) != set(fault.layers.split()):
        return "misblamed"
    if found.tensor != fault.tensor:
        return "misplaced"
    if found.cause != fault.cause:
        return "misdiagnosed" if found.cause else "unexplained"
    return CAUGHT
