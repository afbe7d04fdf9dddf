"""Verdicts and reasons are values; each has its words, and each its consequences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verify.cases.plan import Job
from verify.expected.steps import steps
from verify.judge.compare import compare
from verify.judge.findings import Cause, Finding, Judgement
from verify.judge.reasons import (
    Beyond,
    Blunt,
    Disputed,
    HadItFirst,
    NoArray,
    NotReached,
    OtherDtype,
    OtherShape,
    Plain,
    Raised,
    Reason,
    Required,
    RestsOn,
    ShapesDiffer,
    Unfed,
)
from verify.judge.verdict import Verdict
from verify.report.reasons import cause, either, explained, text

WORDS: list[tuple[Reason | None, str]] = [
    (None, ""),
    (NoArray("list"), "list, expected an array"),
    (OtherShape((2,), (3, 1)), "shape (2,), expected (3, 1)"),
    (OtherDtype("float32", "float64"), "dtype float32, expected float64"),
    (OtherDtype("float64"), "dtype float64"),
    (ShapesDiffer((1,), (2,), ()), "shapes differ: (1,), (2,), bound ()"),
    (Blunt(1, 3), "the bound reaches the size of 1 of 3 elements: a mistake there could pass"),
    (Unfed(("C1.x", "C1.W")), "not supplied: C1.x, C1.W"),
    (HadItFirst(("C1.x",)), "C1.x had it first"),
    (RestsOn(("C1.x",)), "right on C1.x, which was not verified"),
    (Disputed(0.25), "PyTorch is 0.25 from the truth: no verdict"),
    (Raised("ValueError", "no"), "ValueError: no"),
    (NotReached("C3"), "not reached: C3 raised"),
    (Required("all"), "not supplied; --require all"),
    (Required("all", Plain.NO_TIE), "no tied window in a regime that promises ties; --require all"),
]


@pytest.mark.parametrize(("reason", "words"), WORDS, ids=[words for _, words in WORDS])
def test_words(reason: Reason | None, words: str) -> None:
    assert text(reason) == words


def test_every_plain_reason_has_words_of_its_own() -> None:
    assert len({text(reason) for reason in Plain}) == len(Plain)
    assert all(text(reason).isprintable() for reason in Plain)


def test_a_difference_says_where_and_by_how_much() -> None:
    r = np.array([1.0, 2.0])
    off, nan = (
        compare(np.array([1.0, 3.0]), r, np.full(2, 1e-9)),
        compare(r * [1, np.nan], r, np.ones(2)),
    )
    assert text(Beyond(off)) == "at [1] got 3.0, expected 2.0, off by 1, allowed 1e-09 (1 elements)"
    assert text(Beyond(nan)) == "1 NaN and 0 Inf; at [1] got nan"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_follows_from_a_verdict(verdict: Verdict) -> None:
    assert verdict.failing != (verdict in ("pass", "unverified", "absent"))
    assert verdict.guilty == (verdict in ("fail", "missing", "error"))
    assert verdict.judged == (verdict in ("pass", "fail"))
    assert Verdict(str(verdict)) is verdict


def found(own: Judgement, inherited: Judgement) -> Finding:
    """A finding of some tensor."""
    case = Job("modern", "probe-affine", "float64", 2).case()
    return Finding(case, steps(case.arch, True)[0], own, inherited)


def test_the_reason_is_that_of_what_failed() -> None:
    fine = Judgement(Verdict.PASS)
    wrong = Judgement(Verdict.FAIL, reason=NoArray("list"))
    assert found(fine, fine).reason is None
    assert found(wrong, fine).reason == found(fine, wrong).reason == NoArray("list")
    assert replace(found(fine, fine), rests_on=("C1.x",), inherited=wrong).reason == wrong.reason
    blunt = Judgement(Verdict.ABSENT)
    assert replace(found(fine, blunt), rests_on=("C1.x",)).reason == RestsOn(("C1.x",))


def test_a_cause_and_what_says_so() -> None:
    wrong = found(Judgement(Verdict.FAIL, reason=Plain.MISSING), Judgement(Verdict.ABSENT))
    assert explained(wrong) == "missing"
    known = replace(wrong, cause=Cause("c", "C1.z has another dtype", OtherDtype("int64")))
    assert explained(known) == cause(known.cause) == "C1.z has another dtype: dtype int64"
    assert cause(None) == ""


def test_names_in_words() -> None:
    assert [either(names) for names in (["C1"], ["C1", "S2"], ["C1", "S2", "C3"])] == [
        "C1",
        "C1 or S2",
        "C1, S2 or C3",
    ]
