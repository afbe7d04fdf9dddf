"""Run jobs: draw each case, run the subject, judge its trace, hand back findings in order."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from lenet_ref.errors import LayerError
from verify.cases import idx
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.cases.regimes import Values
from verify.expected.steps import Step, steps
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.reasons import NotReached, Raised
from verify.judge.trace import Subject
from verify.judge.verdict import Verdict
from verify.mistakes.diagnosis import explain
from verify.subjects.reference import reference


@dataclass(frozen=True)
class Settings:
    """What all jobs of a run share.  weights: parameters by variant, replacing the drawn."""

    subject: Subject = reference
    data: Path = idx.PACKAGED
    weights: dict[str, Values] = field(default_factory=dict)
    weights_flag: str = ""
    tensor: str = ""


def judge_subject(
    case: Case, subject: Subject, truth: bool = True, inherited: bool = True
) -> list[Finding]:
    """Findings of a subject on a case, causes named; an exception becomes findings too.
    truth, inherited: as in :class:`Judge`."""
    try:
        trace = subject(case.handed_out())
    except Exception as error:  # whatever a subject raises is a finding, not our failure
        return raised(case, error)
    judge = Judge(case, trace, truth)
    return explain(judge, judge.findings(inherited))


def raised(case: Case, error: Exception) -> list[Finding]:
    """The layer that raised is in error; the others were not reached.  Without a layer's name
    every tensor is in error."""
    layer = error.where.split()[0] if isinstance(error, LayerError) else ""
    failed = Judgement(Verdict.ERROR, reason=Raised(type(error).__name__, str(error)))
    unreached = Judgement(Verdict.MISTRUSTED, reason=NotReached(layer))
    found = []
    for step in _steps(case):
        own = failed if layer in ("", step.layer) else unreached
        found.append(Finding(case, step, own, own))
    return found


def _steps(case: Case) -> list[Step]:
    return steps(case.arch, case.upstream is not None)


def judge_job(job: Job, settings: Settings) -> list[Finding]:
    """All findings of one job, or the one asked for."""
    case = job.case(settings.data, settings.weights.get(job.variant), settings.weights_flag)
    findings = judge_subject(case, settings.subject, job.truth)
    told = described(case)
    return [replace(f, case=told) for f in findings if settings.tensor in ("", f.step.tensor)]


def described(case: Case) -> Case:
    """A case without its numbers, which no report tells and no other process needs."""
    nothing = case.images[:0].copy()
    return replace(case, images=nothing, parameters={}, labels=None, upstream=None)


@contextmanager
def judging(
    jobs: Iterable[Job], settings: Settings, workers: int
) -> Iterator[Iterator[list[Finding]]]:
    """Findings of each job, in the order of the jobs whatever the number of worker processes;
    these begin at once, and leave time for something else before the first findings are there."""
    gc.freeze()  # imported modules live for good: no collection, here or in a worker, visits them
    work = partial(judge_job, settings=settings)
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield map(work, jobs)
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, initializer=ignore_interrupt) as pool:
        yield pool.imap(work, jobs)


def ignore_interrupt() -> None:
    """Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
