"""What the cases of ``check`` must show: every label, large and even batches, other weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.pipeline.judging import judge_dump
from verify.subjects.asked import OTHER_WEIGHTS, Questions, cases
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
VARIANTS = ("modern", "1998")


@cache
def planned(variant: str, tier: str = "float64", seed: int = 0) -> tuple[Case, ...]:
    return tuple(cases(Questions(variant, tier, seed)))


@cache
def gradients(variant: str, place: int) -> Arrays:
    """What a right program hands in of a case."""
    return handed_in(planned(variant)[place])


def handed_in(case: Case) -> Arrays:
    trace = reference(case)
    return {k: v for k, v in trace.items() if k.endswith((".dW", ".db")) or k == "loss.data"}


@pytest.mark.parametrize("seed", [0, 1, 7])
@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_label_and_every_kind_of_batch(variant: str, tier: str, seed: int) -> None:
    asked = planned(variant, tier, seed)
    labels = {label for case in asked if case.labels is not None for label in case.labels.tolist()}
    sizes = {case.batch for case in asked}
    assert labels == set(range(10))
    assert 1 in sizes and max(sizes) > 16 and {n % 2 for n in sizes} == {0, 1}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_first_images_come_again(variant: str) -> None:
    """With no parameter and no label as it was."""
    first, *_, last = planned(variant)
    assert last.regime == OTHER_WEIGHTS
    np.testing.assert_array_equal(first.images, last.images)
    assert first.labels is not None and last.labels is not None
    assert (first.labels != last.labels).all()
    differ = [k for k, v in first.parameters.items() if (v != last.parameters[k]).any()]
    weights = [k for k in first.parameters if k.endswith(".W")]
    assert [k for k in weights if variant == "modern" or k != "F7.W"] == [
        k for k in weights if k in differ
    ]


def one_as_seven(case: Case, place: int) -> Arrays:
    """Trains every 1 as a 7."""
    labels = case.labels
    return handed_in(replace(case, labels=np.where(labels == 1, 7, labels)))


def blocked(case: Case, place: int) -> Arrays:
    """Divides by the size of its block of 8 where the batch has more."""
    return {k: v * max(1, case.batch / 8) for k, v in gradients(case.arch.variant, place).items()}


def odd_only(case: Case, place: int) -> Arrays:
    """Has the wrong sign in even batches."""
    sign = 1 if case.batch % 2 else -1
    return {k: v * sign for k, v in gradients(case.arch.variant, place).items()}


def remembers(case: Case, place: int) -> Arrays:
    """Knows an image again, and does not look at the weights."""
    known = [np.array_equal(case.images, other.images) for other in planned(case.arch.variant)]
    return gradients(case.arch.variant, known.index(True))


def right(case: Case, place: int) -> Arrays:
    return gradients(case.arch.variant, place)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("lenet", [one_as_seven, blocked, odd_only, remembers, right])
def test_what_only_some_cases_show(lenet: Callable[[Case, int], Arrays], variant: str) -> None:
    failed = any(
        f.failed
        for place, case in reversed([*enumerate(planned(variant))])
        for f in judge_dump(case, lenet(case, place), None, "nothing", causes=False)
    )
    assert failed == (lenet is not right)
