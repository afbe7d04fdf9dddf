"""A wrong tensor that nobody used accuses its own layer, and none of those after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.judge import Judge
from verify.judge.reasons import HadItFirst
from verify.judge.verdict import Verdict
from verify.pipeline.judging import judge_dump
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]


def drawn() -> tuple[Case, Arrays]:
    case = replace(Job("modern", "digits", "float64", 3).case(), upstream=None)
    return case, {k: np.array(v) for k, v in reference(case).items()}


def guilty(case: Case, arrays: Arrays) -> dict[str, Verdict]:
    return {f.step.tensor: f.own.verdict for f in judge_dump(case, arrays, None) if f.guilty}


@pytest.mark.parametrize("tensor", ["C1.y", "C5.y", "S2.y", "F6.y", "S2.dx", "F6.dx", "C3.dx"])
def test_only_who_made_it_is_accused(tensor: str) -> None:
    case, arrays = drawn()
    found = guilty(case, arrays | {tensor: arrays[tensor] + 0.1})
    assert found == {tensor: Verdict.FAIL}


def test_who_was_handed_a_right_tensor_and_took_another_is_accused() -> None:
    """The next layer's input is not what was handed to it, and is wrong."""
    case, arrays = drawn()
    assert guilty(case, arrays | {"F6.x": arrays["F6.x"] + 0.1}).keys() >= {"F6.x"}


def test_two_wrong_tensors_are_both_accused() -> None:
    """The copy of a wrong tensor is wrong in another way."""
    case, arrays = drawn()
    wrong = {"C5.y": arrays["C5.y"] + 0.1, "F6.x": arrays["F6.x"] - 0.1}
    assert guilty(case, arrays | wrong).keys() >= {"C5.y", "F6.x"}


def test_maxima_of_another_dtype_are_not_judged_by_ours() -> None:
    """From C1 on the trace is in float64, but for positions, which are whole numbers in any; they
    are of its own windows, and those are not comparable."""
    case = Job("modern", "digits", "float32", 3).case()
    trace = {k: np.array(v) for k, v in reference(case).items()}
    names = list(trace)
    for name in names[names.index("C1.z") :]:
        drifted = trace[name].dtype == np.float32
        trace[name] = trace[name].astype(np.float64) if drifted else (trace[name] + 1) % 4
    found = Judge(case, trace).findings()
    assert [f.step.tensor for f in found if f.guilty] == ["C1.z"]
    moved = next(f for f in found if f.step.tensor == "S2.argmax")
    assert (moved.own.reason, moved.verdict) == (HadItFirst(("C1.y",)), Verdict.FAIL)


def test_a_position_that_is_wrong_in_its_own_windows_is_accused() -> None:
    case = Job("modern", "digits", "float32", 3).case()
    trace = {k: np.array(v) for k, v in reference(case).items()}
    trace["S2.argmax"] = (trace["S2.argmax"] + 1) % 4
    assert "S2.argmax" in [f.step.tensor for f in Judge(case, trace).findings() if f.guilty]
