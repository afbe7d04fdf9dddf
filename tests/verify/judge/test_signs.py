"""Float32 gradients of many terms: verified by the second look, and none is failed by it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.own import Own
from verify.judge.signs import sharper
from verify.judge.theorem import FOLLOWS
from verify.judge.verdict import Verdict
from verify.subjects.reference import reference

TENSOR = "C1.dW"


@cache
def large(variant: str) -> tuple[Case, dict[str, NDArray[np.float32]]]:
    case = Job(variant, "digits", "float32", 64).case()
    return case, dict(reference(case))


def own(variant: str, value: NDArray[np.float32] | None = None, partial: bool = False) -> Finding:
    """Of the tensor alone."""
    case, trace = large(variant)
    trace = trace if value is None else trace | {TENSOR: value}
    judge = Own(case, trace, with_truth=False, partial=partial)
    return judge.alone(next(step for step in judge.steps if step.tensor == TENSOR))


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_it_is_verified(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = own(variant).own
    assert (found.verdict, found.rule) == (Verdict.PASS, "signs")
    assert found.comparison is not None and 0 < found.comparison.floor < 1
    monkeypatch.setattr("verify.judge.own.sharper", lambda step, bound, found, *words: found)
    before = own(variant).own
    assert (before.verdict, before.rule) == (Verdict.UNVERIFIED, "product")
    assert before.comparison is not None
    assert found.comparison.floor < 0.3 * before.comparison.floor


def test_positive_terms_first_are_right_as_well() -> None:
    """The least happy order: every partial sum as large as it can be."""
    case, trace = large("modern")
    fields = trace["C1.a"].astype(np.float32)
    dz = np.moveaxis(trace["C1.dz"], 1, -1).reshape(-1, 6)
    dW = np.empty((6, 25), np.float32)
    for k in range(6):
        products = np.sort(fields * dz[:, k, None], axis=0)[::-1]
        dW[k] = np.cumsum(products, axis=0, dtype=np.float32)[-1]
    off = np.abs(dW.reshape(6, 1, 5, 5) - trace[TENSOR]).max() / np.abs(trace[TENSOR]).max()
    assert off > 5e-6  # that order does show
    assert own("modern", dW.reshape(6, 1, 5, 5)).own.verdict is Verdict.PASS
    assert case.dtype == "float32"


def test_a_change_by_the_floor_is_no_pass() -> None:
    """Of the element that was verified least, and of the one that is smallest."""
    _, trace = large("modern")
    right, floor = trace[TENSOR], own("modern").own.comparison.floor
    size = np.maximum(np.abs(right), np.abs(right).max() / 64)
    for place in range(right.size):
        wrong = right.copy()
        wrong.flat[place] += np.float32(1.01 * floor * size.flat[place])
        assert own("modern", wrong).own.verdict is not Verdict.PASS, place


def test_nobody_is_failed_by_it() -> None:
    """Beyond the sharper bound and within the first: as before."""
    case, trace = large("modern")
    judge = Own(case, trace, with_truth=False)
    step = next(step for step in judge.steps if step.tensor == TENSOR)
    first = judge.own_rule(step).value("float32").numpy()
    for place in range(0, first.size, 7):
        wrong = trace[TENSOR].copy()
        wrong.flat[place] += np.float32(0.9 * first.flat[place])
        found = own("modern", wrong).own
        assert (found.verdict, found.rule) == (Verdict.UNVERIFIED, "product")


def test_the_drift_follows_of_all() -> None:
    case, trace = large("modern")
    found = Judge(case, trace, with_truth=False).findings()
    assert {f.verdict for f in found} == {Verdict.PASS}
    assert {f.inherited.rule for f in found} == {FOLLOWS}


def test_in_a_submission_with_gaps_it_speaks_too() -> None:
    case, trace = large("modern")
    part = {name: trace[name] for name in ("C1.x", "C1.dz", TENSOR)}
    judge = Own(case, part, with_truth=False, partial=True)
    found = judge.alone(next(step for step in judge.steps if step.tensor == TENSOR)).own
    assert (found.verdict, found.rule) == (Verdict.PASS, "signs")


def test_where_it_has_nothing_to_say_the_judgement_is_the_same() -> None:
    """A pass; and a tensor that is known from what was printed."""
    case, trace = large("modern")
    judge = Own(case, trace, with_truth=False)
    step = next(step for step in judge.steps if step.tensor == TENSOR)
    passed = own("modern").own
    bound = judge.own_rule(step)

    def never(*words: object) -> None:
        raise ZeroDivisionError

    args = judge._witness, "float32", never
    assert sharper(step, bound, passed, *args) is passed
    unsure = replace(passed, verdict=Verdict.UNVERIFIED)
    assert sharper(step, bound, unsure, *args) is unsure  # no element is blunt
    blunt = replace(unsure, comparison=replace(passed.comparison, verified=3))
    printed = replace(bound, propagated=bound.magnitude)
    assert sharper(step, printed, blunt, *args) is blunt
    with pytest.raises(ZeroDivisionError):
        sharper(step, bound, blunt, *args)


def test_what_the_second_look_verified_is_not_mistrusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first verified nothing, and the second a part."""
    case, trace = large("modern")
    judge = Own(case, trace, with_truth=False)
    step = next(step for step in judge.steps if step.tensor == TENSOR)
    bound, right = judge.own_rule(step), sharper

    def partly(*words: object) -> Judgement:
        found = right(*words)  # type: ignore[arg-type]
        assert found.comparison is not None
        some = replace(found.comparison, verified=3)
        return replace(found, verdict=Verdict.UNVERIFIED, comparison=some)

    wide = replace(bound, sizes=bound.magnitude * 100)
    monkeypatch.setattr(judge, "own_rule", lambda step: wide)
    monkeypatch.setattr("verify.judge.own.sharper", partly)
    assert judge.alone(step).own.verdict is Verdict.UNVERIFIED
