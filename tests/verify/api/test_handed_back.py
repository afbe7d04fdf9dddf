"""What was handed over is nothing that anybody computed: who hands it back does not pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verify
from tests.verify.api.nets import ARCH, QUICK, handed_in, right
from verify.cases.plan import Job


def parameters(given: Any, images: Any, labels: Any) -> dict[str, Any]:
    return dict(given)


def test_a_function_that_hands_back_its_parameters_does_not_pass() -> None:
    report = verify.check(parameters, **QUICK)
    assert not report.passed and report.guilty == ()
    assert "nothing was supplied that could be judged" in str(report)
    assert "nothing was supplied" in report.to_markdown().lower()
    assert "<title>Fail" in report.to_html()
    with pytest.raises(verify.WrongError, match="nothing was judged"):
        verify.assert_right(parameters, **QUICK)


def test_neither_do_arrays_without_an_output() -> None:
    inputs = handed_in(lambda p, x, y: dict(p))
    assert not verify.check(inputs, ARCH).passed
    case = Job("modern", "digits", "float64", 2).case()
    assert not verify.judge(case, dict(case.parameters)).passed


def test_one_number_that_was_computed_is_enough() -> None:
    def loss(given: Any, images: Any, labels: Any) -> dict[str, Any]:
        return {"loss.data": right(given, images, labels)["loss.data"]}

    assert verify.check(loss, **QUICK).passed


def test_other_numbers_under_the_names_of_parameters_are_said() -> None:
    """Right gradients under the names of their weights were blamed in every layer."""

    def named(given: Any, images: Any, labels: Any) -> dict[str, Any]:
        made = right(given, images, labels)
        return {"loss.data": made["loss.data"]} | {
            name: made[name.replace(".", ".d")] for name in given
        }

    report = verify.check(named, **QUICK)
    assert not report.passed
    assert "come back with other numbers than were handed over" in str(report)
    with pytest.raises(verify.InputError, match="names of their own"):
        verify.check(named, **QUICK, map=True)


def test_parameters_that_come_back_as_they_were_are_no_finding() -> None:
    def both(given: Any, images: Any, labels: Any) -> dict[str, Any]:
        return right(given, images, labels) | {k: np.array(v) for k, v in given.items()}

    report = verify.check(both, **QUICK)
    assert report.passed and "come back" not in str(report)
