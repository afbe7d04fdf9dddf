"""What a callable may return: whatever holds numbers is judged, what does not is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.files import Malicious
from verify.cases.case import Case
from verify.checks.check import Check
from verify.exchange.layout import PLAIN
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_dump
from verify.pipeline.repeats import beyond
from verify.subjects.asked import Heard, Questions, cases
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Limits
from verify.subjects.process import Asking, interview
from verify.subjects.values import LARGEST, UnfitError, fit

RETURNED = str(Path(__file__).with_name("returned.py"))


@cache
def interviews(name: str) -> dict[str, tuple[Heard, dict[str, Check]]]:
    """An interview and its checks by question, in each tier; in one process, for torch takes long
    to import."""
    found = {}
    with Conversation(f"{RETURNED}:{name}", Limits(60, 8192)) as subject:
        asking = Asking(subject, lambda case, a, b: beyond(case, PLAIN, a, b))
        for tier in TIERS if name in RIGHT else TIERS[:1]:
            questions = Questions("modern", tier, regimes=("digits",), batches=(2,))
            found[tier] = interview(asking, list(cases(questions)))
    return {
        tier: (each, {c.subject.split(" (")[0]: c for c in each.checks(subject.noise)})
        for tier, each in found.items()
    }


def heard(name: str, tier: str = "float64") -> tuple[Heard, dict[str, Check]]:
    """One of these."""
    return interviews(name)[tier]


def findings(case: Case, name: str, tier: str) -> list[Finding]:
    """Of the first case."""
    return judge_dump(case, heard(name, tier)[0].tensors[0][1], PLAIN)


TIERS = ("float64", "float32")
RIGHT = ("lists", "tuples", "by_layer", "named", "dataclassed", "foreign", "tensors", "grown",
         "sparse", "strided_right")  # fmt: skip


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("name", RIGHT)
def test_right_tensors_pass_in_every_row(name: str, tier: str) -> None:
    found, checks = heard(name, tier)
    assert all(check.passed for check in checks.values())
    rows = findings(found.tensors[0][0], name, tier)
    assert len(rows) == 84
    assert {str(row.verdict) for row in rows} == {"pass"}


def test_a_mistake_is_named() -> None:
    found, _ = heard("one_wrong")
    failed = [f for f in findings(found.tensors[0][0], "one_wrong", "float64") if f.guilty]
    assert [f.step.tensor for f in failed] == ["C3.db"]
    assert failed[0].cause is not None and "1/100" in str(failed[0].cause)


def test_what_is_no_array_is_named_value_by_value() -> None:
    check = heard("wrong")[1]["returns arrays"]
    assert not check.passed
    for words in (
        "C1.z is a list that is no array: ValueError",
        "C1.y is a Raising that is no array: ValueError: not now",
        "3 its name is a int, expected a string such as C3.dW",
        "S2.z is a str, expected an array, a tensor or numbers",
        "C3.dW has dtype <U1, expected numbers",
        "C3.deep is a dict, expected an array",
        "C3.y has 4,398,046,511,104 bytes",
        "S4.y has 8,796,093,022,208 bytes",
        "C5.y is a set, expected an array, a tensor or numbers",
    ):
        assert words in check.detail


def test_a_name_that_comes_twice() -> None:
    assert heard("twice")[1]["returns arrays"].detail == "F7.b comes twice"


def test_bfloat16_is_widened_and_said() -> None:
    found, checks = heard("halves")
    assert checks["values"].detail == "C1.z: bfloat16, widened to float32"
    assert found.tensors[0][1]["C1.z"].dtype == "float32"
    assert found.tensors[0][1]["C3.z"].dtype == "float16"


def test_an_argument_that_changes_after_it_was_returned() -> None:
    assert heard("late")[1]["arguments unchanged"].detail == "changed: images"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.ones(2), False),
        (np.float32(1), False),
        (1.5, True),
        (3, True),
        (True, False),
        ([1, 2.5], True),
        (((1,), (2,)), True),
        ([np.float32(1)], False),
    ],
)
def test_numbers_without_a_dtype_are_known(value: object, plain: bool) -> None:
    assert fit("C1.y", value).plain == plain


@pytest.mark.parametrize(
    "value",
    [None, "1", b"1", [None], [[1], [2, 3]], {1: 2}, object(), np.ndarray, np.array([{}]),
     np.broadcast_to(np.zeros(1), LARGEST), [10**400], Malicious(Path("canary"))],
)  # fmt: skip
def test_what_is_none_is_refused(value: object) -> None:
    with pytest.raises(UnfitError):
        fit("C1.y", value)
