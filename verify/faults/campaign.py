"""Planted mistakes handed in as people hand in theirs, and what became of them.

Of each mistake, at each level of completeness, under each declared convention, with and without
kinks in the way, it is asked what the judge says of those tensors that are not the right ones.
What is right is known from the same run without the mistake, not from the judge.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases import Case
from verify.dumps.check import judge_dump
from verify.dumps.conventions import as_trace
from verify.errors import InputError
from verify.faults.conventions import CONVENTIONS, Arrays, Convention
from verify.faults.difference import moved, same, small
from verify.faults.fault import Fault, planted
from verify.faults.levels import LEVELS, level_of
from verify.findings import Finding
from verify.judge import Judge
from verify.plan import Job
from verify.regimes import REGIMES
from verify.subjects.reference import reference

CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED = "caught", "not verifiable", "invisible", "PASSED"
RIGHT, ALARM = "right", "FALSE ALARM"
OUTCOMES = (CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED)
BAD = (PASSED, ALARM)
KINK_FREE, BATCH = "kink-free", 3
KINDS = (KINK_FREE, "digits", "ties")
NOBODY = "(right)"
"""Name under which the reference without a mistake is handed in."""

Judged = Callable[[Case, Arrays, Convention, str], list[Finding]]


@dataclass(frozen=True)
class Trial:
    """One mistake handed in one way.

    outcome: caught, some row failed; PASSED, a tensor that is not the right one has a row that
    says pass and none failed; not verifiable, such tensors' rows say that they were not verified,
    and fail where they are required; invisible, nothing handed over differs by more than
    rounding.  Of what is right: right, or FALSE ALARM.
    moved: tensors that differ; tensor, verdict: the row that decides; small: elements in rows that
    passed that are off by more than rounding of their own size.
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
    small: int = 0

    def row(self) -> dict[str, Any]:
        """One row of levels.csv."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(Trial))


def jobs(fault: Fault) -> dict[str, Job]:
    """Cases of a mistake by kind: the three of everybody and, where the mistake needs numbers of
    another kind to show, its own; under the options that it needs, and from the loss down."""
    own = fault.regime if fault.regime in REGIMES else ""
    needed = (REGIMES[own].options or {}).get(fault.variant, {}) if own else {}
    options = tuple({**needed, **dict(fault.options)}.items())
    tier = "float32" if fault.tier == "float32" else "float64"
    kinds = [*KINDS, *([own] if own in ("saturated", "zero-bias") else [])]
    return {kind: Job(fault.variant, kind, tier, BATCH, 0, options) for kind in kinds}


@lru_cache(maxsize=128)
def drawn(job: Job) -> Case:
    """The case of a job without an upstream gradient.  A tree that has no kink-free cases yet has
    a near relation: signed images, where a kink within rounding is unlikely but not excluded."""
    if job.regime == KINK_FREE and KINK_FREE not in REGIMES:
        job = replace(job, regime="signed")
    elif job.regime == KINK_FREE and importlib.util.find_spec("verify.kinks"):
        job = importlib.import_module("verify.kinks").kink_free(job)
    return replace(job.case(), upstream=None)


def exported(fault: Fault | None, job: Job, convention: Convention) -> Arrays:
    """A whole trace, with a mistake planted or without; empty if it raised."""
    if fault is None:
        return convention.export(drawn(job), _on_a_copy)
    try:
        with planted(fault), np.errstate(all="ignore"):
            found = convention.export(drawn(job), _on_a_copy)
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


def judged(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """The findings of ``check``; without causes where nothing is required, for they take most of
    the time and change no verdict."""
    if require != "nothing":
        return judge_dump(case, arrays, convention.layout, require)
    theirs, trace = as_trace(case, arrays, convention.layout)
    with np.errstate(all="ignore"):
        return Judge(theirs, trace, with_truth=False, partial=True).findings()


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


def trials(
    fault: Fault, conventions: Sequence[Convention] = CONVENTIONS, ask: Judged = judged_once
) -> Iterator[Trial]:
    """Everything there is to say of one mistake."""
    for kind, job in jobs(fault).items():
        for convention in conventions:
            if convention.fits(drawn(job).arch):
                wrong = exported(fault, job, convention)
                right = right_export(job, convention)
                for level in LEVELS:
                    blank = Trial(fault.name, fault.variant, kind, convention.name, level, CAUGHT)
                    yield _trial(blank, fault, drawn(job), convention, wrong, right, ask)


def right_trials(
    job: Job, kind: str, conventions: Sequence[Convention] = CONVENTIONS, ask: Judged = judged
) -> Iterator[Trial]:
    """The reference without a mistake, handed in in the same ways: nothing may fail."""
    case = drawn(job)
    for convention in conventions:
        if convention.fits(case.arch):
            for level in LEVELS:
                given = level_of(right_export(job, convention), level)
                blank = Trial(NOBODY, job.variant, kind, convention.name, level, RIGHT)
                yield _harmless(blank, ask(case, given, convention, "nothing"))


def _trial(
    blank: Trial,
    fault: Fault,
    case: Case,
    convention: Convention,
    wrong: Arrays,
    right: Arrays,
    ask: Judged,
) -> Trial:
    if not wrong:
        return replace(blank, verdict="raised")
    given, known = level_of(wrong, blank.level), level_of(right, blank.level)
    if same(given, known):  # judged once for all, in right_trials
        return replace(blank, outcome=RIGHT if fault.equivalent else INVISIBLE, verdict="same bits")
    try:
        findings = ask(case, given, convention, "nothing")
    except InputError:  # unusable: exit status 2
        return replace(blank, verdict="refused")
    if fault.equivalent:
        return _harmless(replace(blank, outcome=RIGHT), findings)
    apart = moved(given, known, case.dtype)
    rows = {f.step.tensor: f for f in findings}
    off = [k for k in given if k in known and k in rows and rows[k].verdict == "pass"]
    found = replace(
        blank, moved=len(apart), small=sum(small(given[k], known[k], case.dtype) for k in off)
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
