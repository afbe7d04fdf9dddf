"""A convention that is declared is judged at full strength: the oracle has a start of its own.

Under a sum the subject's F7.dy was taken for the upstream gradient and then compared with itself: a
backward pass from probs + Y, or from random numbers, passed with 84 of 84 tensors verified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.verify.exchange.layouts import summed
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.exchange.layout import Layout
from verify.pipeline.judging import judge_dump
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]


@cache
def case_of(variant: str) -> Case:
    return replace(Job(variant, "digits", "float64", 3).case(), upstream=None)


@cache
def right_trace(variant: str, declared: str) -> Arrays:
    """The reference's trace under a sum, shared, never changed."""
    return summed(case_of(variant), declared == "loss")


@cache
def wrong_trace(variant: str, declared: str, start: str) -> Arrays:
    """One with another start than its loss, shared, never changed."""
    case, right = case_of(variant), right_trace(variant, declared)
    upstream = STARTS[start](right["loss.dx"], np.eye(10)[case.labels])
    wrong = reference(replace(case, upstream=upstream))
    return {**wrong, **{k: v for k, v in right.items() if k.startswith("loss.")}}


def probs_and_labels(dx: NDArray[Any], Y: NDArray[Any]) -> NDArray[Any]:
    """probs + Y."""
    return dx + 2 * Y


STARTS: dict[str, Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]] = {
    "probs + Y": probs_and_labels,
    "the mean": lambda dx, Y: dx / len(dx),
    "the other sign": lambda dx, Y: -dx,
    "random": lambda dx, Y: np.random.default_rng(0).standard_normal(dx.shape),
    "one pattern too few": lambda dx, Y: dx * (np.arange(len(dx)) > 0)[:, None],
    "twice": lambda dx, Y: 2 * dx,
}


@pytest.mark.parametrize("start", list(STARTS))
@pytest.mark.parametrize("declared", ["loss", "gradients"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("handed", ["all", "without loss.dx", "without F7.dy", "gradients"])
def test_a_wrong_start_fails(variant: str, declared: str, start: str, handed: str) -> None:
    case = case_of(variant)
    trace = wrong_trace(variant, declared, start)
    kept = {k: v for k, v in trace.items() if keeps(handed, k)}
    layout = Layout(chosen={declared: "sum"})
    require = "all" if handed == "all" else "nothing"
    found = judge_dump(case, kept, layout, require, causes=False)
    failed = {f.step.tensor for f in found if f.failed}
    assert {k for k in kept if k in ("F7.dW", "F6.dW", "C1.dW")} <= failed
    if handed == "all":
        assert {f.step.tensor for f in found if f.guilty} == {"F7.dy"}


def keeps(handed: str, name: str) -> bool:
    """Which tensors are handed over."""
    match handed:
        case "all":
            return True
        case "gradients":
            return name.split(".")[1] in ("dW", "db")
    return name != handed.removeprefix("without ")


@pytest.mark.parametrize("declared", ["loss", "gradients"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("handed", ["all", "without loss.dx", "without F7.dy", "gradients"])
def test_the_right_start_passes(variant: str, declared: str, handed: str) -> None:
    case = case_of(variant)
    kept = {k: v for k, v in right_trace(variant, declared).items() if keeps(handed, k)}
    found = judge_dump(case, kept, Layout(chosen={declared: "sum"}), "nothing", causes=False)
    assert {f.step.tensor for f in found if f.verdict == "pass"} == set(kept)


def test_a_sum_with_a_regulariser_is_verified_whole() -> None:
    """Its part of the loss could not be told apart and was left out."""
    case = replace(Job("modern", "competitive", "float64", 3).case(), upstream=None)
    assert case.arch.loss is not None
    summed_loss = replace(case.arch.loss, reduction="sum", gradient="sum")
    trace = dict(reference(replace(case, arch=replace(case.arch, loss=summed_loss))))
    layout = Layout(chosen={"loss": "sum"})
    found = judge_dump(case, trace, layout, "all")
    assert {f.verdict for f in found} == {"pass"}
    off = trace | {"loss.total": trace["loss.total"] * (1 + 1e-9)}
    wrong = judge_dump(case, off, layout, "all", causes=False)
    assert [f.step.tensor for f in wrong if f.failed] == ["loss.total"]
