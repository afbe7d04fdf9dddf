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

from verify.cases import idx
from verify.cases.case import Case
from verify.cases.draws import Values
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.trace import Subject
from verify.pipeline.judging import Terms, judge_subject
from verify.subjects.reference import reference

__all__ = ["RARE", "Settings", "begun", "described", "judge_job", "judging", "usual"]


@dataclass(frozen=True)
class Settings:
    """What all jobs of a run share.  weights: parameters by variant, replacing the drawn."""

    subject: Subject = reference
    data: Path = idx.PACKAGED
    weights: dict[str, Values] = field(default_factory=dict)
    weights_flag: str = ""
    tensor: str = ""


def judge_job(job: Job, settings: Settings) -> list[Finding]:
    """All findings of one job, or the one asked for."""
    case = job.case(settings.data, settings.weights.get(job.variant), settings.weights_flag)
    findings = judge_subject(case, settings.subject, Terms(truth=job.truth, samples=True))
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
    with context.Pool(workers, initializer=begun) as pool:
        yield pool.imap(work, jobs)


def begun() -> None:
    """A worker process: Ctrl-C is the parent's to handle.  Collections are rare, for they cost a
    twentieth of the time, and our own cases leave them nothing to find."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    usual()
    gc.set_threshold(RARE)


def usual() -> None:
    """Of a process that was forked: what ends it is the parent's, and ends it at once."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


RARE = 200_000
"""Objects made between two collections."""
