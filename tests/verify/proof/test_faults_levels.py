"""Mistakes handed in as people hand theirs in: each outcome has an input that must give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.errors import HarnessError, InputError
from verify.expected.steps import steps
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.verdict import Verdict
from verify.mistakes import flatten, overlaps, padding, strides, true_convolution
from verify.pipeline.judging import judge_dump
from verify.proof.faults import board
from verify.proof.faults.campaign import Judged, Ways, judged, right_trials, trials
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.convention import Arrays, Convention
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.difference import moved, small
from verify.proof.faults.evasion import excused
from verify.proof.faults.fault import Fault
from verify.proof.faults.levels import LEVELS, level_of
from verify.proof.faults.submissions import KINK_FREE, drawn, exported, jobs, right_export
from verify.proof.faults.trial import ALONE, Trial
from verify.proof.planting.entry import BOTH, Entry, entries
from verify.subjects.reference import reference

BY_NAME = {fault.name: fault for fault in catalogue()}


SIGN = BY_NAME["conv-db-sign"]


EXAM = Ways((KINK_FREE,), CONVENTIONS[:1], ("gradients",))


CODE = [f for f in catalogue() if not (f.check or f.equivalent)]


OPTIONS = (flatten, overlaps, padding, strides, true_convolution)
UNSHOWN = {m for module in OPTIONS for found in module.MISTAKES.values() for m in found}
THERE = {step.op for arch in BOTH for step in steps(arch)}
SHOWN = [e for e in entries() if e.mistake not in UNSHOWN and e.operation in THERE]
"""Entries but those of options and families that the networks handed in do not have."""
SAMPLE: list[Entry | Fault] = [*SHOWN[::75], *CODE[::30]]


def only(fault: Entry | Fault, ask: Judged = judged, ways: Ways = EXAM) -> Trial:
    """The first thing said of a mistake."""
    return next(iter(trials(fault, ways, ask)))


def lenient(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """A judge that acquits everybody."""
    return [acquitted(f) for f in judged(case, arrays, convention, require)]


def acquitted(finding: Finding) -> Finding:
    fine = Judgement(Verdict.PASS)
    return replace(finding, own=fine, inherited=fine)


def blind(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """A judge that compares nothing, and says so."""
    return judge_dump(case, {}, convention.layout, require)


def silent(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    """The same, whatever is required."""
    return blind(case, arrays, convention, "nothing")


def refusing(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    raise InputError("unusable", where="here")


def crashing(case: Case, arrays: Arrays, convention: Convention, require: str) -> list[Finding]:
    raise ZeroDivisionError


def scaled(factor: float) -> Callable[[Any], Any]:
    return lambda right: lambda rows: right(rows) * factor


RAISES = replace(SIGN, make=lambda right: lambda rows: right(rows) / {})


NOTHING = replace(SIGN, make=lambda right: right)


ROUNDED = replace(SIGN, make=scaled(1 + 2.0**-52))


@pytest.mark.parametrize(
    ("fault", "ask", "outcome", "verdict"),
    [
        (SIGN, judged, "caught", "fail"),
        (RAISES, judged, "caught", "raised"),
        (SIGN, refusing, "caught", "refused"),
        (SIGN, blind, "not verifiable", "absent"),
        (SIGN, silent, "PASSED", "absent"),
        (SIGN, lenient, "PASSED", "pass"),
        (NOTHING, judged, "invisible", "same bits"),
        (ROUNDED, judged, "invisible", "within rounding"),
        (replace(ROUNDED, equivalent="it rounds"), judged, "right", ""),
        (replace(SIGN, equivalent="it is not"), judged, "FALSE ALARM", "fail"),
        (SIGN, crashing, "judge crashed", "ZeroDivisionError"),
    ],
)
def test_each_outcome_has_its_input(fault: Fault, ask: Judged, outcome: str, verdict: str) -> None:
    found = only(fault, ask)
    assert (found.outcome, found.verdict) == (outcome, verdict)


@pytest.mark.parametrize("fault", SAMPLE, ids=lambda fault: fault.name)
def test_gradients_alone_show_a_mistake_or_are_right(fault: Entry | Fault) -> None:
    found = only(fault)
    assert found.outcome in ("caught", "invisible"), found
    assert found.outcome == "caught" or not found.moved


def test_most_of_the_sample_is_caught() -> None:
    assert len(SAMPLE) >= 9
    assert sum(only(fault).outcome == "caught" for fault in SAMPLE) >= len(SAMPLE) - 4


def test_levels_hold_what_they_say() -> None:
    trace = right_export(reference, jobs(SIGN)["digits"], CONVENTIONS[0])
    sizes = [set(level_of(trace, level)) for level in LEVELS]
    assert sizes[0] < sizes[1] < sizes[2] == set(trace) == sizes[3] | {"loss.dx"} != sizes[3]
    assert sizes[0] == {k for k in trace if k[3:] in ("dW", "db")} | {"loss.data"}
    assert {"C1.a", "S2.argmax", "loss.probs", "C1.W"} <= sizes[1]
    assert not {"C1.da", "loss.dx", "F7.dy"} & sizes[1]
    with pytest.raises(HarnessError, match="no such level"):
        level_of(trace, "backward")


def options(convention: Convention) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """A network that has a convention."""
    if "regulariser" in convention.name:
        return "modern", (("reg", 0.3),)
    historic = "rbf" in convention.name or "subsampling" in convention.name
    return ("1998" if historic else "modern"), ()


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.name)
def test_a_right_subject_passes_under_its_convention_and_not_without_saying_so(
    convention: Convention,
) -> None:
    variant, chosen = options(convention)
    job = Job(variant, convention.regime or KINK_FREE, "float64", 3, 0, chosen)
    assert convention.fits(drawn(job).arch)
    ways = Ways((KINK_FREE,), (convention,), ("everything",))
    assert [t.outcome for t in right_trials(job, KINK_FREE, ways)] == ["right"]
    if convention is not CONVENTIONS[0]:
        undeclared = replace(convention, layout=CONVENTIONS[0].layout)
        found = right_trials(job, KINK_FREE, replace(ways, conventions=(undeclared,)))
        assert [t.outcome for t in found] == ["FALSE ALARM"]


@pytest.mark.parametrize("convention", CONVENTIONS[1:3], ids=lambda c: c.name)
def test_a_wrong_start_of_the_backward_pass_is_caught_where_it_is_the_only_sign(
    convention: Convention,
) -> None:
    ways = Ways((KINK_FREE,), (convention,), ("no loss.dx",))
    assert only(BY_NAME["loss-dx-sign"], ways=ways).outcome == "caught"


def test_a_mistake_of_dtype_is_handed_in_and_does_not_raise() -> None:
    ways = replace(EXAM, conventions=CONVENTIONS[1:2])
    assert only(BY_NAME["drift-conv-z"], ways=ways).verdict == "fail"


def test_a_mistake_in_one_layer_alone_is_one_layers() -> None:
    found = [t for t in trials(SIGN, EXAM) if t.level.endswith(ALONE)]
    assert [(t.tensor, t.moved) for t in found] == [("C5.db", 1), ("C3.db", 1), ("C1.db", 1)]


def wide(self: Judge) -> Callable[[str], Any]:
    """Bounds of everything that excuse everything."""
    return lambda name: self.free.value(name).abs() * 0 + 1e9


def test_an_entry_of_the_table_is_handed_in_by_layers() -> None:
    entry = next(e for e in entries() if e.name == "convolution.db/bias-itself")
    found = [t for t in trials(entry, EXAM) if t.level.endswith(ALONE)]
    assert [(t.tensor, t.moved) for t in found] == [("C5.db", 1), ("C3.db", 1), ("C1.db", 1)]


def test_what_bounds_excuse_is_handed_in_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs(SIGN)[KINK_FREE]
    right = level_of(right_export(reference, job, CONVENTIONS[0]), "gradients")
    wrong = level_of(exported(SIGN, job, CONVENTIONS[0]), "gradients")
    assert excused(drawn(job), wrong, right) == {}  # sharp bounds excuse nothing
    monkeypatch.setattr(Judge, "inherited_errors", wide)
    found = excused(drawn(job), wrong, right)
    assert found.keys() == right.keys()
    assert {k for k in found if not np.array_equal(found[k], right[k])} == {
        "C1.db",
        "C3.db",
        "C5.db",
    }


def test_differences_by_tensor_and_by_element() -> None:
    right = {"x": np.array([1.0, 1e-9, 0.0]), "y": np.array([np.inf, np.nan])}
    assert moved(right, right, "float64") == []
    assert moved({"x": right["x"] * (1 + 1e-12), "y": right["y"]}, right, "float64") == []
    assert moved({"x": right["x"] + 1e-5, "y": right["y"]}, right, "float64") == ["x"]
    assert moved({"x": right["x"], "y": np.array([np.inf, 0.0])}, right, "float64") == ["y"]
    assert moved({"x": right["x"][:2], "y": right["y"]}, right, "float64") == ["x"]
    assert moved({"x": right["x"]}, right, "float64") == ["y"]  # left out
    assert small(right["x"] + [0, 1e-10, 1e-14], right["x"], "float64") == 1
    assert small(right["x"] * (1 + 1e-12), right["x"], "float64") == 0


def test_the_board_fits_a_screen_and_counts() -> None:
    blank = Trial("one", "modern", "zero-bias", "subsampling = average", "gradients, excused", "")
    found = [
        replace(blank, outcome=outcome, small=3, passing=1, moved=1, tensor="C1.db", fault=name)
        for name, outcome in (("a", "caught"), ("b", "PASSED"), ("c", "FALSE ALARM"))
    ]
    told = {"explained": "named", "blamed": "C1 S2 C3 S4 C5 F6 F7 loss", "about": "which it is"}
    found += [
        replace(found[0], fault="d", blame="inside", false="C1.db is what it is not", **told),
        replace(found[0], fault="e", blame="OUTSIDE", **told),
    ]
    lines = board.lines(found)
    assert all(len(line) <= board.WIDTH for line in lines)
    assert lines[1].split()[-4:] == ["3", "0", "0", "1"]
    assert lines[4].split()[-6:] == ["1", "1", "2", "0", "0", "1"]
    assert any(line.startswith("  PASSED: b: C1.db") for line in lines)
    assert any(line.startswith("  FALSE CAUSE: d: C1.db is") for line in lines)
    assert any(line.startswith("  WRONG LAYER: e: C1 S2") for line in lines)
    tally = "1 passed, 1 false alarms, 1 false causes, 1 outside the blame"
    assert board.tally(found) == tally
