"""Planted mistakes handed in as people hand in theirs, and what became of them.

Of each mistake, at each level of completeness, under each declared convention, with and without
kinks in the way, it is asked what the judge says of those tensors that are not the right ones.
What is right is known from the same run without the mistake, not from the judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.conventions import as_trace
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_dump
from verify.proof.faults.convention import Arrays, Convention
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.difference import moved, same, small
from verify.proof.faults.evasion import excused
from verify.proof.faults.evidence import Evidence, evidence
from verify.proof.faults.levels import LEVELS, level_of
from verify.proof.faults.plant import ALL, Plant
from verify.proof.faults.submissions import (
    KINDS,
    OWN,
    calls,
    drawn,
    exported,
    guilty_layers,
    jobs,
    right_export,
)
from verify.proof.faults.trial import (
    ALARM,
    ALONE,
    CAUGHT,
    CRASHED,
    EXCUSED,
    INVISIBLE,
    NOBODY,
    PASSED,
    RIGHT,
    UNVERIFIABLE,
    Trial,
)
from verify.subjects.reference import reference

__all__ = ["EVERY_WAY", "REMEMBERED", "Judged", "Submission", "Ways", "judged", "judged_once",
           "right_trials", "trials"]  # fmt: skip
Judged = Callable[[Case, Arrays, Convention, str], list[Finding]]


@dataclass(frozen=True)
class Ways:
    """In which ways to hand in; cases of other kinds, a mistake's own, go with the first three.
    evading: also where the bounds excuse it."""

    kinds: Sequence[str] = (*KINDS, *OWN)
    conventions: Sequence[Convention] = CONVENTIONS
    levels: Sequence[str] = tuple(LEVELS)
    evading: bool = True


EVERY_WAY = Ways()


def judged(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """The findings of ``check``; without causes where something is required: they were looked for
    before, take most of the time, and change no verdict."""
    return judge_dump(case, arrays, convention.layout, require, causes=require == "nothing")


def judged_once(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """The same, of one case at a time remembered: several conventions come to the same bits once
    they are undone, and what they come to is all that the judge sees."""
    theirs, trace = as_trace(case, arrays, convention.layout)
    key = _digest(theirs, trace, require)
    if key not in _KNOWN:
        if len(_KNOWN) >= REMEMBERED:
            _KNOWN.clear()
        _KNOWN[key] = judged(case, arrays, convention, require)
    return _KNOWN[key]


REMEMBERED = 32
_KNOWN: dict[bytes, list[Finding]] = {}


def _digest(case: Case, trace: Mapping[str, NDArray[Any]], require: str) -> bytes:
    found = hashlib.sha256(f"{case.name} {case.arch} {require}".encode())
    for name, value in [("", case.upstream), *trace.items()]:
        array = np.asarray(0.0 if value is None else value)
        found.update(f"{name} {array.dtype} {array.shape}".encode() + array.tobytes())
    return found.digest()


@dataclass(frozen=True)
class Submission:
    """given: what is handed over; right: the same without the mistake; guilty: layers that are
    mistaken, where that is known."""

    fault: Plant
    case: Case
    convention: Convention
    given: Arrays
    right: Arrays
    guilty: frozenset[str] = frozenset()

    def at(self, level: str) -> Submission:
        """What is handed over at a level of completeness."""
        given, right = (level_of(trace, level) for trace in (self.given, self.right))
        return replace(self, given=given, right=right)

    def evidence(self, findings: Sequence[Finding]) -> Evidence:
        """Which layers are blamed, which causes offered, and whether that is so."""
        handed = as_trace(self.case, self.given, self.convention.layout)
        return evidence(*handed, findings, self.guilty, self.fault.cause)


def trials(fault: Plant, ways: Ways = EVERY_WAY, ask: Judged = judged_once) -> Iterator[Trial]:
    """Everything there is to say of one mistake."""
    for kind, job in jobs(fault).items():
        for convention in ways.conventions:
            if kind in ways.kinds and convention.fits(drawn(job).arch):
                blank = Trial(fault.name, job.variant, kind, convention.name, "", CAUGHT)
                blank = replace(blank, about=fault.about)
                known = right_export(fault.right(), job, convention)
                for call, level in _ways_of(fault, job, ways):
                    wrong = exported(fault, job, convention, call)
                    named = replace(blank, level=level + ("" if call == ALL else ALONE))
                    guilty = guilty_layers(fault, job, call)
                    whole = Submission(fault, drawn(job), convention, wrong, known, guilty)
                    yield _trial(named, handed := whole.at(level), ask)
                    first = convention is CONVENTIONS[0] and level == "gradients"
                    if ways.evading and first and wrong:
                        yield from _evading(named, handed, ask)


def _ways_of(fault: Plant, job: Job, ways: Ways) -> Iterator[tuple[int, str]]:
    """Calls that are mistaken, and levels; in one call alone only where inherited errors have to
    decide, for an own error is that of one layer anyway."""
    yield from ((ALL, level) for level in ways.levels)
    number = calls(fault, job) if "gradients" in ways.levels and not fault.check else 1
    yield from ((call, "gradients") for call in range(number) if number > 1)


def _evading(blank: Trial, handed: Submission, ask: Judged) -> Iterator[Trial]:
    """The same mistake where the bounds excuse it, if they do anywhere; whose it is then is not
    asked."""
    fault, case, right = handed.fault, handed.case, handed.right
    found = {} if fault.equivalent else excused(case, handed.given, right)
    if found:
        hidden = replace(blank, level=blank.level + EXCUSED)
        yield _trial(hidden, Submission(fault, case, CONVENTIONS[0], found, right), ask)


def right_trials(
    job: Job, kind: str, ways: Ways = EVERY_WAY, ask: Judged = judged
) -> Iterator[Trial]:
    """The reference without a mistake, handed in in the same ways: nothing may fail."""
    case = drawn(job)
    for convention in ways.conventions:
        if convention.fits(case.arch):
            for level in ways.levels:
                given = level_of(right_export(reference, job, convention), level)
                blank = Trial(NOBODY, job.variant, kind, convention.name, level, RIGHT)
                yield _harmless(blank, ask(case, given, convention, "nothing"))


def _trial(blank: Trial, handed: Submission, ask: Judged) -> Trial:
    given, known, case = handed.given, handed.right, handed.case
    fault, convention = handed.fault, handed.convention
    if not given:
        return replace(blank, verdict="raised")
    if same(given, known):  # judged once for all, in right_trials
        return replace(blank, outcome=RIGHT if fault.equivalent else INVISIBLE, verdict="same bits")
    try:
        findings = ask(case, given, convention, "nothing")
    except InputError:  # unusable: exit status 2
        return replace(blank, verdict="refused")
    except Exception as error:  # one line of the board, as of a batch
        return replace(blank, outcome=CRASHED, verdict=type(error).__name__)
    if fault.equivalent:
        return _harmless(replace(blank, outcome=RIGHT), findings)
    apart = moved(given, known, case.dtype)
    rows = {f.step.tensor: f for f in findings}
    off = [k for k in given if k in known and k in rows and rows[k].verdict == "pass"]
    found = replace(
        blank,
        moved=len(apart),
        passing=sum(rows[k].own.verdict != "pass" for k in off if k in apart),
        small=sum(small(given[k], known[k], case.dtype) for k in off),
    )
    if failed := [f for f in findings if f.failed]:
        return replace(_decided(found, CAUGHT, failed[0]), **vars(handed.evidence(findings)))
    if not apart:
        return replace(found, outcome=INVISIBLE, verdict="within rounding")
    if passed := [rows[k] for k in apart if k in rows and rows[k].verdict == "pass"]:
        return _decided(found, PASSED, passed[0])
    return _unverified(found, apart, rows, ask(case, given, convention, "all"))


def _harmless(blank: Trial, findings: Sequence[Finding]) -> Trial:
    """Of what is right, no row may fail."""
    failed = [f for f in findings if f.failed]
    return _decided(blank, ALARM, failed[0]) if failed else blank


def _unverified(
    found: Trial, apart: Sequence[str], rows: Mapping[str, Finding], required: Sequence[Finding]
) -> Trial:
    """Said to be unverified, and a failure where it is required; else nobody would hear of it."""
    failing = {f.step.tensor for f in required if f.failed}
    silent = [name for name in apart if name not in failing]
    shown = rows.get((silent or list(apart))[0])
    outcome = PASSED if silent else UNVERIFIABLE
    return _decided(found, outcome, shown) if shown else replace(found, outcome=outcome)


def _decided(found: Trial, outcome: str, row: Finding) -> Trial:
    return replace(found, outcome=outcome, tensor=row.step.tensor, verdict=row.verdict)
