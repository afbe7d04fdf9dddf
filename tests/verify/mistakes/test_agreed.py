"""Factors that one batch cannot tell apart, told apart by another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from verify.cases.plan import Job
from verify.judge.findings import Cause
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.subjects.reference import reference

S = 2 / 3


def said(
    variant: str, tensor: str, factor: Callable[[int], float], batches: Sequence[int]
) -> list[Cause | None]:
    """The cause of one tensor that is wrong by a factor, in each case."""
    heard = []
    for n in batches:
        case = replace(Job(variant, "kink-free", "float64", n).case(), upstream=None)
        arrays = dict(reference(case))
        heard.append((case, arrays | {tensor: np.asarray(arrays[tensor] * factor(n))}))
    every = [f for _, each in judged(heard, CheckRequest()).findings for f in each]
    return [f.cause for f in every if f.step.tensor == tensor]


def test_alone_all_that_agree_are_said() -> None:
    (cause,) = said("1998", "C3.dz", lambda n: 1 / S, [3])
    assert cause is not None and {"half-N", "lost-S"} <= cause.names


@pytest.mark.parametrize("batches", [(3, 5), (5, 3), (1, 3, 5)])
def test_another_batch_leaves_one(batches: Sequence[int]) -> None:
    for cause in said("1998", "C3.dz", lambda n: 1 / S, batches):
        assert cause is not None and cause.names == {"lost-S"}
    for cause in said("1998", "C3.dz", lambda n: n / 2, batches):
        assert cause is not None and cause.names == {"half-N"}


def test_a_name_that_fits_one_case_alone_is_not_said() -> None:
    """1.5 is N/2 with three patterns; with five it is a constant."""
    for cause in said("modern", "C3.dW", lambda n: 1.5, (3, 5)):
        assert cause is not None and cause.names == {"constant-factor"}
    assert said("modern", "C3.dW", lambda n: {3: 1.5, 5: 1.7}[n], (3, 5)) == [None, None]


def test_each_case_has_its_own_numbers() -> None:
    """Of a batch of two, where 1/N is 1/2, the words are those of the others, and the number is its
    own."""
    found = said("modern", "C3.dW", lambda n: 1 / n, (3, 2, 5))
    texts = [cause.text for cause in found if cause is not None]
    assert [text.partition(":")[0] for text in texts] == [
        f"C3.dW equals the reference x 1/N = 1/{n}" for n in (3, 2, 5)
    ]
    assert all("; or" not in text for text in texts)
