"""A measured bound that does not hold for PyTorch excuses what is as far off as PyTorch is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.layers import max_pool
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.judge import Judge
from verify.judge.measured import certain
from verify.judge.runs import DRAWS
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
TIES = Job("modern", "ties", "float32", 5)
DOUBTFUL = Job("modern", "digits", "float32", 1)
"""A case in which the bound of C1.db does not hold for PyTorch itself."""


@cache
def drawn(job: Job) -> tuple[Case, Arrays]:
    case = replace(job.case(), upstream=None)
    return case, gradients(case)


def gradients(case: Case) -> Arrays:
    return {k: v for k, v in reference(case).items() if k.endswith((".dW", ".db"))}


def verdicts(case: Case, arrays: Arrays) -> dict[str, str]:
    found = Judge(case, arrays, with_truth=False, partial=True).findings()
    return {f.step.tensor: f.verdict for f in found if f.step.tensor in arrays}


@pytest.mark.parametrize("job", [TIES, DOUBTFUL], ids=str)
def test_what_is_right_is_not_failed(job: Job) -> None:
    assert "fail" not in verdicts(*drawn(job)).values()


@pytest.mark.parametrize("factor", [-3.0, 0.0, 1.5, np.nan, np.inf])
def test_where_nothing_rounds_forward_no_tie_is_an_excuse(factor: float) -> None:
    """All right programs have the same ties there: only the way back rounds."""
    case, right = drawn(TIES)
    with np.errstate(invalid="ignore"):
        wrong = {k: v * np.float32(factor) for k, v in right.items()}
    assert set(verdicts(case, wrong).values()) == {"fail"}


def test_the_last_maximum_is_told_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = drawn(TIES)
    monkeypatch.setattr(
        max_pool, "position_of_maximum", lambda a: a.shape[1] - 1 - a[:, ::-1].argmax(axis=1)
    )
    found = verdicts(case, gradients(case))
    assert found["C3.dW"] == found["C1.dW"] == found["C1.db"] == "fail"


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6, -1e6])
def test_no_garbage_is_excused(value: float) -> None:
    case, right = drawn(DOUBTFUL)
    slightly = {**right, "C1.db": right["C1.db"] * np.float32(1.01)}
    assert verdicts(case, slightly)["C1.db"] == "unverified"
    garbage = {**right, "C1.db": np.full(6, value, np.float32)}
    assert verdicts(case, garbage)["C1.db"] == "fail"


@pytest.mark.parametrize(("job", "holds"), [(TIES, True), (DOUBTFUL, False)], ids=str)
def test_what_is_certain_forward(job: Job, holds: bool) -> None:
    judge = Judge(drawn(job)[0], {}, with_truth=False, partial=True)
    assert certain(judge.free, "float32") == holds


@pytest.mark.parametrize("job", [TIES, DOUBTFUL], ids=str)
def test_pytorch_runs_again_so_often_and_never_alike(job: Job) -> None:
    """Each draw moves the inputs, or the start of the way back, by another rounding."""
    judge = Judge(*drawn(job), with_truth=False, partial=True)
    found = [draw.value("C1.dW") for draw in judge._runs.moved(judge.free)]
    assert len(found) == DRAWS
    assert len({value.numpy().tobytes() for value in [*found, judge.free.value("C1.dW")]}) > DRAWS
