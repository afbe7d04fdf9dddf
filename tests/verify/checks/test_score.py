"""Points: right in every case, own errors before consequences, nothing lost that is undecided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.checks.outcome import Outcome
from verify.checks.score import Score, scored
from verify.exchange.load import Source
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.pipeline import undeclared
from verify.pipeline.request import CheckRequest
from verify.subjects.reference import reference

GRADIENTS = ("C1.dW", "C1.db", "C3.dW", "C3.db", "F7.dW", "F7.db")
POINTS = {name: 2.0 if name == "C3.dW" else 1.0 for name in GRADIENTS}


def case(batch: int) -> Case:
    return from_the_loss(Job("modern", "kink-free", "float64", batch).case())


CASES = (case(2), case(3))
RIGHT = [dict(reference(each)) for each in CASES]


def outcome(*traces: Mapping[str, Any], asked: int = 0) -> Outcome:
    """What as many cases come to as there are traces."""
    request = CheckRequest(source=Source("modern"))
    pairs = [*zip(CASES, traces, strict=False)]
    found = undeclared.judged(pairs, request, [])
    return replace(found, asked=max(asked, len(traces)))


def handed(number: int, *symbols: str, **changed: Any) -> dict[str, Any]:
    found = {k: v for k, v in RIGHT[number].items() if k.partition(".")[2] in symbols}
    return found | {k.replace("_", "."): v for k, v in changed.items()}


def test_all_is_right() -> None:
    score = scored(outcome(*RIGHT), POINTS)
    assert score == Score(7.0, 7.0) and score.share == 1


def test_right_in_one_case_and_wrong_in_another_is_not_right() -> None:
    wrong = handed(1, "dW", "db", C3_dW=-RIGHT[1]["C3.dW"])
    score = scored(outcome(handed(0, "dW", "db"), wrong), POINTS)
    assert score == Score(5.0, 7.0, ("C3.dW",))
    assert round(score.share, 3) == 0.714


def test_a_case_without_an_answer_is_not_right() -> None:
    assert scored(outcome(RIGHT[0], asked=2), POINTS).points == 0
    assert scored(None, POINTS) == Score(0.0, 7.0, GRADIENTS)


def test_what_was_not_handed_in_earns_nothing() -> None:
    given = handed(0, "dW")
    assert scored(outcome(given), POINTS).lost == ("C1.db", "C3.db", "F7.db")


def test_a_consequence_costs_nothing_where_its_own_error_passes() -> None:
    """The loss is differentiated at other labels; all below follows rightly from that."""
    labels = CASES[0].labels
    assert labels is not None
    trace = dict(reference(replace(CASES[0], labels=(labels + 1) % 10)))
    found = outcome({k: v for k, v in trace.items() if k != "labels"})
    assert found.guilty == ("loss",)
    assert not np.allclose(trace["C3.dW"], RIGHT[0]["C3.dW"])
    assert scored(found, POINTS) == Score(7.0, 7.0)
    gradients = {k: v for k, v in trace.items() if k in GRADIENTS}
    assert scored(outcome(gradients), POINTS).points == 0  # alone they are wrong, and no more


def test_zeros_are_no_consequence() -> None:
    """0 = 0 x 0 is no right own error: nothing was verified, and the numbers are wrong."""
    zeros = {name: np.zeros_like(value) for name, value in RIGHT[0].items() if ".d" in name}
    kept = {k: v for k, v in RIGHT[0].items() if k not in zeros}
    assert scored(outcome(kept | zeros), POINTS).points == 0


def finding(own: Verdict, inherited: Verdict, rests_on: tuple[str, ...] = ()) -> Finding:
    found = next(f for f in outcome(RIGHT[0]).findings[0][1] if f.step.tensor == "C3.dW")
    return replace(found, own=replace(found.own, verdict=own), rests_on=rests_on,
                   inherited=replace(found.inherited, verdict=inherited))  # fmt: skip


LOST = Score(0.0, 1.0, ("C3.dW",))
GIVEN = Score(1.0, 1.0, (), ("C3.dW",))
EARNED = Score(1.0, 1.0)


@pytest.mark.parametrize(
    ("own", "inherited", "want"),
    [
        (Verdict.PASS, Verdict.PASS, EARNED),
        (Verdict.PASS, Verdict.FAIL, EARNED),
        (Verdict.ABSENT, Verdict.PASS, EARNED),
        (Verdict.UNVERIFIED, Verdict.PASS, EARNED),
        (Verdict.FAIL, Verdict.PASS, LOST),
        (Verdict.ABSENT, Verdict.FAIL, LOST),
        (Verdict.ABSENT, Verdict.ABSENT, LOST),
        (Verdict.MISSING, Verdict.MISSING, LOST),
        (Verdict.ERROR, Verdict.ERROR, LOST),
        (Verdict.UNVERIFIED, Verdict.FAIL, LOST),
        (Verdict.MISTRUSTED, Verdict.FAIL, LOST),
        (Verdict.DISPUTED, Verdict.FAIL, GIVEN),
        (Verdict.DISPUTED, Verdict.DISPUTED, GIVEN),
        (Verdict.MISTRUSTED, Verdict.ABSENT, GIVEN),
        (Verdict.UNVERIFIED, Verdict.UNVERIFIED, GIVEN),
        (Verdict.ABSENT, Verdict.MISTRUSTED, GIVEN),
    ],
)
def test_what_each_verdict_is_worth(own: Verdict, inherited: Verdict, want: Score) -> None:
    whole = outcome(RIGHT[0])
    case, _ = whole.findings[0]
    found = replace(whole, findings=((case, [finding(own, inherited)]),))
    assert scored(found, {"C3.dW": 1.0}) == want


def test_undecided_in_one_case_and_right_or_wrong_in_another() -> None:
    whole = outcome(RIGHT[0])
    case, _ = whole.findings[0]
    undecided = finding(Verdict.DISPUTED, Verdict.PASS)
    for verdict, want in ((Verdict.PASS, EARNED), (Verdict.FAIL, LOST)):
        both = ((case, [undecided]), (case, [finding(verdict, Verdict.ABSENT)]))
        assert scored(replace(whole, findings=both), {"C3.dW": 1.0}) == want
