"""The limits of docs/drift.md, number by number, and losses made by code instead of in a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.trace import Subject, Trace
from verify.pipeline.judging import Terms, judge_subject
from verify.report.drift import compared
from verify.report.drift_reading import KEY, Folder, read_folder
from verify.report.drift_rounding import LOSS, TENTH, bound_grew, contradicts, explained, roundings
from verify.report.files import write_csv
from verify.report.rows import COLUMNS, row
from verify.subjects.reference import reference

U = 2.0**-53


def sides(error: float, other: bool, n: int = 5488, **values: object) -> pd.DataFrame:
    """Two rows side by side: the one in question, and another tensor that changed or did not."""
    told: dict[str, object] = dict.fromkeys(KEY, "")
    told |= {"dtype": "float64", "own_rule_old": f"sum 2*gamma_{n}",
             "own_rule_new": f"sum 2*gamma_{n}", "index_old": "0", "index_new": "0"}  # fmt: skip
    for name in ("own_error", "own_bound", "own_ratio", "own_floor", "scale"):
        told |= {f"{name}_old": 1.0, f"{name}_new": 1.0}
    told |= {"own_error_old": error, "own_error_new": error}
    changed = {"tensor": "C5.z", "own_error_new": 2 * error + 1 if other else error}
    return pd.DataFrame([{**told, "tensor": "C1.db", **values}, {**told, **changed}])


@pytest.mark.parametrize(
    ("error", "other", "n", "most"),
    [
        (1e-10, True, 4, 1e-9),  # one digit
        (1e-10, False, 10**8, 1e-9),  # the same arithmetic: no other order of the sum
        (1e-30, False, 4, 1e-29),  # and no floor
        (0.0, False, 4, 5 * U),
        (1e-30, True, 4, 5 * U),  # the floor: half of a rounding of the largest element
        (1.5 * U, True, 10**4, 150 * U),  # from a well-made sum to a walk
        (0.1 * U, True, 10**4, 100 * U),  # which begins at one rounding
        (50 * U, True, 10**4, 500 * U),  # an error that has walked already
        (0.0, True, 10**4, 200 * U),  # the same roundings on both sides say nothing
        (0.0, True, 0, 5 * U),
    ],
)
def test_what_rounding_explains(error: float, other: bool, n: int, most: float) -> None:
    assert explained(sides(error, other, n), "own")[0] == pytest.approx(most, rel=1e-12)


def test_another_size_is_another_floor() -> None:
    both = sides(0.0, True, 1, scale_old=8.0, scale_new=4.0)
    assert explained(both, "own")[0] == pytest.approx(40 * U)
    assert explained(sides(0.0, True, 1, dtype="float32"), "own")[0] == pytest.approx(5 * 2**-24)


def test_the_middle_of_two_digits() -> None:
    assert TENTH**2 == LOSS == 100


def test_roundings_of_a_rule() -> None:
    rules = pd.Series(["product 2*gamma_26", "exact 0", "repeat 0", "", "sum 2*gamma_1 + P"])
    assert roundings(rules).tolist() == [26, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({}, ""),
        ({"own_bound_new": 1.00005}, ""),  # what the data do
        ({"own_bound_new": 1.001}, "bound"),
        ({"own_bound_new": 9.0, "index_new": "7"}, ""),  # another element
        ({"own_floor_new": 1.9}, ""),  # an error as large as the bound beside it
        ({"own_floor_new": 1.2, "own_ratio_new": 0.1}, "floor"),
        ({"own_floor_new": 2.1, "index_new": "7"}, "floor"),
        ({"own_rule_new": "sum 2*gamma_5489"}, "rule"),
        ({"own_rule_new": "sum 2*gamma_5487"}, ""),
    ],
)
def test_bounds(values: dict[str, object], seen: str) -> None:
    found = [what for what, rows, _ in bound_grew(sides(0.0, False, **values), "own") if rows[0]]
    assert found == ([seen] if seen else [])


GOOD = {"own_error": 0.5, "own_bound": 2.0, "own_ratio": 0.25, "subject": 1.5, "oracle": 1.0,
        "inherited_error": 0.0, "own_verdict": "pass", "inherited_verdict": "pass",
        "verdict": "pass"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, False),
        ({"own_bound": 4.0}, True),
        ({"own_ratio": 1.5, "own_bound": 1 / 3}, True),
        ({"own_error": 0.1}, True),
        ({"own_error": float("nan"), "inherited_error": float("nan")}, True),
        ({"own_bound": 4.0, "inherited_verdict": "fail"}, False),  # the other error is told
        ({"own_error": float("nan"), "own_verdict": "absent"}, False),
    ],
)
def test_rows_that_contradict_themselves(change: dict[str, object], wrong: bool) -> None:
    told = pd.DataFrame([{f"{name}_new": value for name, value in {**GOOD, **change}.items()}])
    assert contradicts(told).tolist() == [wrong]


def judged(place: Path, case: Case, subject: Subject = reference) -> Folder:
    """A report of one case."""
    found = judge_subject(case, subject, Terms(truth=False))
    place.mkdir()
    write_csv(place / "diff.csv", COLUMNS, [row(finding) for finding in found])
    return read_folder(place)


def blurred(tensor: str, most: float) -> Subject:
    """The reference with one tensor off by up to so much, and what is made from it beside that."""

    def run(case: Case) -> Trace:
        trace = dict(reference(case))
        right, rng = trace[tensor], np.random.default_rng(0)
        return {**trace, tensor: right + most * rng.uniform(-1, 1, right.shape) * (right != 0)}

    return run


@pytest.mark.parametrize("tensor", ["C1.dW", "C1.db", "S2.dW", "S2.db", "S4.dW"])
def test_digits_lost_by_code_within_the_bound(tensor: str, tmp_path: Path) -> None:
    """Two digits are a regression, though the row passes; the error once more is none."""
    case = Job("1998", "digits", "float64", 7).case()
    right = judged(tmp_path / "right", case)
    mine = right.rows[right.rows["tensor"] == tensor]["own_error"].iloc[0]
    worse = judged(tmp_path / "worse", case, blurred(tensor, 1.5 * LOSS * mine))
    found = compared(right, worse).regressions
    assert ("error", tensor, True) in zip(
        found["change"], found["tensor"], found["margin"] < 1, strict=True
    )
    again = compared(right, judged(tmp_path / "alike", case, blurred(tensor, mine)))
    assert again.regressions.empty
