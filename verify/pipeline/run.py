"""Run jobs: draw each case, run the subject, judge its trace, hand back findings in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from verify.cases import idx
from verify.cases.case import Case
from verify.cases.draws import Values
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.kinks import kink_free
from verify.judge.trace import Subject
from verify.pipeline.executor import Executor
from verify.pipeline.judging import Terms, judge_subject
from verify.subjects.reference import reference

__all__ = ["Settings", "Told", "described", "exact", "judge_job", "judging"]
Told = TypeVar("Told")


@dataclass(frozen=True)
class Settings:
    """What all jobs of a run share.  folder: of digits, where not the packaged ones, which every
    worker has at a place of its own; weights: parameters by variant, replacing the drawn; bounds:
    of every inherited error."""

    subject: Subject = reference
    folder: Path | None = None
    weights: dict[str, Values] = field(default_factory=dict)
    weights_flag: str = ""
    tensor: str = ""
    bounds: bool = False

    @property
    def data(self) -> Path:
        """Where digits are."""
        return self.folder or idx.PACKAGED


def judge_job(job: Job, settings: Settings) -> list[Finding]:
    """All findings of one job, or the one asked for."""
    case = job.case(settings.data, settings.weights.get(job.variant), settings.weights_flag)
    terms = Terms(truth=job.truth, bounds=settings.bounds, samples=True)
    findings = judge_subject(case, settings.subject, terms)
    told = described(case)
    return [replace(f, case=told) for f in findings if settings.tensor in ("", f.step.tensor)]


def exact(job: Job, settings: Settings) -> Job:
    """With the seed that its regime needs."""
    return kink_free(job, settings.data, settings.weights.get(job.variant))


def described(case: Case) -> Case:
    """A case without its numbers, which no report tells and no other process needs."""
    nothing = case.images[:0].copy()
    return replace(case, images=nothing, parameters={}, labels=None, upstream=None)


def judging(
    jobs: Iterable[Job], settings: Settings, workers: Executor, told: Callable[..., Told]
) -> AbstractContextManager[Iterator[Told]]:
    """What is to be told of the findings of each job, in the order of the jobs whoever the workers
    are; these begin at once, and leave time for something else before the first are there."""
    return workers.results(partial(_told, settings=settings, told=told), jobs)


def _told(job: Job, settings: Settings, told: Callable[[list[Finding]], Told]) -> Told:
    return told(judge_job(job, settings))
