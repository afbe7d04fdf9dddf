"""An entry of the table as something that can be planted, and the proof that it is named."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from lenet_ref import architecture
from lenet_ref.architecture import Architecture
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.judge.trace import Subject, Trace
from verify.mistakes.diagnosis import BEFORE_DECAY
from verify.mistakes.mistake import Mistake
from verify.mistakes.table import MISTAKES
from verify.pipeline.judging import OWN, judged
from verify.proof.faults.claims import Claims
from verify.proof.faults.difference import moved
from verify.proof.faults.plant import ALL, CAUGHT, EXEMPT, UNSEEN, Outcome, Plant
from verify.proof.faults.scoreboard import Grid, described, visible
from verify.proof.planting.cases import NOT_PLANTABLE, WHOLE, cases, jobs_of
from verify.proof.planting.run import Planted, Run, plant

__all__ = ["BOTH", "DERIVED", "LAST", "Entry", "Home", "entries", "evaluated", "home", "try_entry"]
BOTH = (architecture.modern(), architecture.lenet_1998(loss="map", learned_codes=True))
LAST = (CAUGHT, "misblamed")
"""Verdicts after which no other case is tried: right code blamed in one case is enough."""


@dataclass(frozen=True)
class Home:
    """Where entries are planted.  jobs: networks, in which mistakes are handed in as people do;
    archs: those whose layers have the mistakes; alone: nothing else, no probes."""

    jobs: tuple[Job, ...] = WHOLE
    archs: tuple[Architecture, ...] = BOTH
    alone: bool = False

    @property
    def cases(self) -> tuple[Case, ...]:
        """In which an entry is tried, the cheapest first."""
        return tuple(map(_drawn, self.jobs)) if self.alone else cases()


DERIVED = Home()


def home(variant: str, network: Architecture | None = None) -> Home:
    """Of one network.  network: what variant names, where it is no preset."""
    jobs = jobs_of(variant, network)
    return Home(jobs, tuple({job.case().arch: None for job in jobs}), True)


@cache
def _drawn(job: Job) -> Case:
    return job.case()


class Entry(Plant):
    """A mistake under its operation, in every layer that has the operation."""

    def __init__(self, operation: str, mistake: Mistake, place: Home = DERIVED) -> None:
        self.operation, self.mistake, self.place = operation, mistake, place
        self.name, self.target = f"{operation}/{mistake.name}", operation
        self.about, self.source = mistake.sentence or mistake.kind, mistake.source
        self.layers, self.cause = " ".join(_layers(operation, place)), mistake.kind
        self.check = self.equivalent = ""

    def job(self) -> Job:
        """The first network that shows it."""
        return _shown(self.operation, self.mistake, self.place)

    def right(self) -> Subject:
        """Every step by the truth's formula."""
        return evaluated

    @contextmanager
    def subject(self, call: int = ALL) -> Iterator[Subject]:
        """A network with the mistake, in one of its layers or in all."""
        yield lambda case: plant(case, self.operation, self.mistake, call).trace

    def calls(self, case: Case) -> int:
        """How many layers can have it alone."""
        return len(Run(case).layers(self.operation))


def entries(place: Home = DERIVED) -> list[Entry]:
    """The whole table, or what of it concerns one network."""
    found = [Entry(op, m, place) for op, every in MISTAKES.items() for m in every]
    return [entry for entry in found if entry.layers] if place.alone else found


@cache
def _layers(operation: str, place: Home) -> tuple[str, ...]:
    found = [step.layer for arch in place.archs for step in steps(arch) if step.op == operation]
    return tuple(dict.fromkeys(found))


def evaluated(case: Case) -> Trace:
    """The trace of a network without a mistake."""
    run = Run(case)
    return {name: run.evaluated(name, ChainMap(run.known)) for name in run.steps}


@cache
def _right(job: Job) -> Trace:
    return evaluated(job.case())


@cache
def _shown(operation: str, m: Mistake, place: Home) -> Job:
    """A network in which a mistake makes a difference beyond rounding; the first if none does."""
    for job in place.jobs:
        case = job.case()
        wrong = plant(case, operation, m)
        if wrong.at and moved(wrong.trace, _right(job), case.dtype):
            return job
    return place.jobs[0]


@cache
def _having(operation: str, place: Home) -> tuple[Case, ...]:
    """Cases that have an operation."""
    return tuple(case for case in place.cases if Run(case).layers(operation))


def try_entry(entry: Entry, grid: Grid = ()) -> Outcome:
    """Plant one entry in the cases that have its operation until one names it as itself; of one
    that is said not to be plantable, see that none does."""
    alone = entry.place.alone
    found = Outcome(entry, UNSEEN if alone else "inapplicable", entry.layers)
    for case in _having(entry.operation, entry.place):
        planted = plant(case, entry.operation, entry.mistake)
        if planted.at:
            found = _judged(entry, case, planted)
        if found.verdict in LAST:
            break
    with entry.subject() as subject:
        found = replace(found, visible_in=visible(entry, subject, grid))
    why = NOT_PLANTABLE.get((entry.operation, entry.mistake.name))
    if why is None or found.verdict == UNSEEN or (alone and found.verdict == CAUGHT):
        return found  # in one network a true name is enough
    verdict = "plantable after all" if found.verdict == CAUGHT else EXEMPT
    return replace(found, verdict=verdict, diagnosis=why)


def _judged(entry: Entry, case: Case, planted: Planted) -> Outcome:
    """What is said of one trace: the mistaken tensors, and no others, fail, and each is named."""
    layers = " ".join(dict.fromkeys(name.partition(".")[0] for name in planted.at))
    blank = Outcome(entry, "survived", layers, case.arch.variant)
    findings = judged(case, planted.trace, OWN)
    guilty = [f for f in findings if f.guilty]
    own = [f for f in guilty if f.step.tensor in planted.at]
    others = {f.step.tensor for f in guilty} - {*planted.at, *planted.around}
    if not own or others:
        return replace(blank, verdict="misblamed" if others else "survived")
    wrongly = [f for f in own if not _named(entry.mistake, f)]
    if entry.place.alone:  # in one network several names may be one function
        wrongly = [f for f in wrongly if not _as_true(case, planted, f)]
    found = described(blank, own, (wrongly or own)[0])
    return replace(found, verdict=_verdict(found) if wrongly else CAUGHT)


def _as_true(case: Case, planted: Planted, finding: Finding) -> bool:
    """What is said gives the same numbers as the mistake."""
    said = finding.cause
    return said is not None and Claims(case, planted.trace).true(finding.step, said)


def _verdict(found: Outcome) -> str:
    return "misdiagnosed" if found.cause else "unexplained"


def _named(m: Mistake, finding: Finding) -> bool:
    """Its own kind, alone or among those that these numbers cannot tell apart, and its own
    sentence where it has one; but for the number that is read off."""
    said = finding.cause
    if said is None or m.kind not in (said.options or (said.name,)):
        return False
    start = f"{finding.step.tensor} {m.sentence}" if m.sentence else ""
    start = start if m.reading is None else start.partition("{")[0]
    exact = said.options or m.reading or not m.sentence
    return said.text.startswith(start) if exact else said.text.removesuffix(BEFORE_DECAY) == start
