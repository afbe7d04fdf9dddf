"""Planted mistakes handed in as people hand in theirs, and what became of them.

Of each mistake, at each level of completeness, under each declared convention, with and without
kinks in the way, it is asked what the judge says of those tensors that are not the right ones.
What is right is known from the same run without the mistake, not from the judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
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
from verify.proof.faults.levels import LEVELS, level_of
from verify.proof.faults.plant import ALL, Plant
from verify.proof.faults.submissions import (
    KINDS,
    OWN,
    calls,
    drawn,
    exported,
    jobs,
    right_export,
)
from verify.subjects.reference import reference

__all__ = ["ALARM", "ALONE", "BAD", "CAUGHT", "COLUMNS", "CRASHED", "EVERY_WAY", "EXCUSED",
           "INVISIBLE", "NOBODY", "OUTCOMES", "PASSED", "REMEMBERED", "RIGHT", "UNVERIFIABLE",
           "Judged", "Trial", "Ways", "judged", "judged_once", "right_trials",
           "trials"]  # fmt: skip
CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED = "caught", "not verifiable", "invisible", "PASSED"
RIGHT, ALARM = "right", "FALSE ALARM"
OUTCOMES = (CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED)
CRASHED = "judge crashed"
ALONE = ", one call"
"""After a level: the mistake is in one layer alone, where our layers share its function."""
EXCUSED = ", excused"
"""After a level: the mistake is only in elements where the judge's bounds excuse it."""
BAD = (PASSED, ALARM, CRASHED)
NOBODY = "(right)"
"""Name under which the reference without a mistake is handed in."""

Judged = Callable[[Case, Arrays, Convention, str], list[Finding]]


@dataclass(frozen=True)
class Ways:
    """In which ways to hand in; cases of other kinds, a mistake's own, go with the first three."""

    kinds: Sequence[str] = (*KINDS, *OWN)
    conventions: Sequence[Convention] = CONVENTIONS
    levels: Sequence[str] = tuple(LEVELS)


EVERY_WAY = Ways()


@dataclass(frozen=True)
class Trial:
    """One mistake handed in one way.

    outcome: caught, some row failed; PASSED, a tensor that is not the right one has a row that
    says pass and none failed; not verifiable, such tensors' rows say that they were not verified,
    and fail where they are required; invisible, nothing handed over differs by more than
    rounding.  Of what is right: right, or FALSE ALARM.  Of a judge that raises: judge crashed.
    moved: tensors that differ; tensor, verdict: the row that decides; passing: of the tensors that
    differ, those whose row says pass though no own error speaks for them; small: elements in rows
    that pass that are off by more than rounding of their own size.
    """

    fault: str
    variant: str
    case: str
    convention: str
    level: str
    outcome: str
    moved: int = 0
    tensor: str = ""
    verdict: str = ""
    passing: int = 0
    small: int = 0

    def row(self) -> dict[str, Any]:
        """One row of levels.csv."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(Trial))


def judged(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """The findings of ``check``; without causes where nothing is required, for they take most of
    the time and change no verdict."""
    return judge_dump(case, arrays, convention.layout, require, causes=require != "nothing")


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


def trials(fault: Plant, ways: Ways = EVERY_WAY, ask: Judged = judged_once) -> Iterator[Trial]:
    """Everything there is to say of one mistake."""
    for kind, job in jobs(fault).items():
        for convention in ways.conventions:
            if kind in ways.kinds and convention.fits(drawn(job).arch):
                blank = Trial(fault.name, job.variant, kind, convention.name, "", CAUGHT)
                known = right_export(fault.right(), job, convention)
                for call, level in _ways_of(fault, job, ways):
                    wrong = exported(fault, job, convention, call)
                    named = replace(blank, level=level + ("" if call == ALL else ALONE))
                    given = level_of(wrong, level), level_of(known, level)
                    yield _trial(named, fault, drawn(job), convention, given, ask)
                    if convention is CONVENTIONS[0] and level == "gradients" and wrong:
                        yield from _evading(named, fault, drawn(job), given, ask)


def _ways_of(fault: Plant, job: Job, ways: Ways) -> Iterator[tuple[int, str]]:
    """Calls that are mistaken, and levels; in one call alone only where inherited errors have to
    decide, for an own error is that of one layer anyway."""
    yield from ((ALL, level) for level in ways.levels)
    number = calls(fault, job) if "gradients" in ways.levels and not fault.check else 1
    yield from ((call, "gradients") for call in range(number) if number > 1)


def _evading(
    blank: Trial, fault: Plant, case: Case, handed: tuple[Arrays, Arrays], ask: Judged
) -> Iterator[Trial]:
    """The same mistake where the bounds excuse it, if they do anywhere."""
    found = {} if fault.equivalent else excused(case, *handed)
    if found:
        hidden = replace(blank, level=blank.level + EXCUSED)
        yield _trial(hidden, fault, case, CONVENTIONS[0], (found, handed[1]), ask)


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


def _trial(
    blank: Trial,
    fault: Plant,
    case: Case,
    convention: Convention,
    handed: tuple[Arrays, Arrays],
    ask: Judged,
) -> Trial:
    """handed: with the mistake and without."""
    given, known = handed
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
        return _decided(found, CAUGHT, failed[0])
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
