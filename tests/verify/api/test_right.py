"""``assert_right``: silent on right code; else all that is needed to look for the mistake."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import pytest

import verify
from lenet_ref.errors import LeNetError
from tests.verify.api.nets import FILE, QUICK, right, wrong


def test_right_code_gives_the_report() -> None:
    assert verify.assert_right(right, **QUICK).passed


def test_the_message_says_all() -> None:
    with pytest.raises(AssertionError) as caught:
        verify.assert_right(wrong, **QUICK)
    verdict, first, cause, rerun = str(caught.value).splitlines()
    assert verdict == "tiny: guilty layer: scores"
    place, _, numbers = first.partition(": got ")
    assert place.startswith("  first: scores.dW[") and place.endswith("in signed N=3")
    got, _, expected = numbers.partition(", expected ")
    assert float(got) == -float(expected) != 0
    assert cause == "  cause: scores.dW has the wrong sign"
    assert rerun.startswith("  rerun: verify.check(wrong, network=arch, regimes='signed', ")


def test_it_is_of_both_families() -> None:
    with pytest.raises(verify.WrongError) as caught:
        verify.assert_right(wrong, **QUICK)
    error = caught.value
    assert isinstance(error, LeNetError) and isinstance(error, AssertionError)
    assert error.report.guilty == ("scores",) and error.where.startswith("scores.dW")
    assert float(error.got) == -float(error.expected)


def test_the_rerun_line_is_true() -> None:
    """Of a name it is the whole call."""
    said: dict[str, Any] = {"regimes": ("signed",), "batches": (3,)}
    with pytest.raises(verify.WrongError) as caught:
        verify.assert_right(f"{FILE}:wrong", QUICK["network"], **said)
    call = caught.value.report.again
    again = eval(call, {"verify": verify, "arch": QUICK["network"]})
    assert again.to_dataframe().equals(caught.value.report.to_dataframe())


def test_what_cannot_be_used_is_no_failed_assertion() -> None:
    with pytest.raises(verify.InputError, match="seed=") as caught:
        verify.assert_right(right, **{**QUICK, "seed": -1})
    assert not isinstance(caught.value, AssertionError)


def test_nothing_judged_and_what_was_raised() -> None:
    def empty(parameters: Any, images: Any, labels: Any) -> Any:
        return {}

    with pytest.raises(verify.WrongError, match="nothing was judged"):
        verify.assert_right(empty, **QUICK)

    def raises(parameters: Any, images: Any, labels: Any) -> Any:
        return right(parameters, images[0], labels)

    with pytest.raises(verify.WrongError, match=r"cause: answers.*raised lenet_ref.*ShapeError"):
        verify.assert_right(raises, **QUICK)

    def short(parameters: Any, images: Any, labels: Any) -> Any:
        tensors = right(parameters, images, labels)
        return {**tensors, "scores.db": tensors["scores.db"][:2]}

    with pytest.raises(verify.WrongError, match=r"first: scores.db \(affine-db\) in signed N=3\n"):
        verify.assert_right(short, **QUICK)


def test_its_arguments_are_those_of_check() -> None:
    assert inspect.signature(verify.assert_right) == inspect.signature(verify.check)
    assert "WrongError" in str(verify.assert_right.__doc__)


def test_what_is_wrong_comes_whole_out_of_another_process() -> None:
    with pytest.raises(verify.WrongError) as caught:
        verify.assert_right(wrong, **QUICK)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.report.guilty == ("scores",)
