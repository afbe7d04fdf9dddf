"""A learning rate is read off gradients that were read off an update, and off no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.exchange.known import learning_rate
from verify.proof.faults.conventions import updated
from verify.subjects.reference import reference


def drawn(regime: str, n: int) -> Case:
    return replace(Job("modern", regime, "float64", n).case(), upstream=None)


@pytest.mark.parametrize("rate", [1.0, 0.1, 0.05, 0.01, 0.001, 3e-4])
@pytest.mark.parametrize("regime", ["digits", "zero-bias", "kink-free"])
def test_the_rate_is_found(regime: str, rate: float) -> None:
    case = drawn(regime, 3)
    assert learning_rate(case, updated(rate)(case, reference)) == rate


@pytest.mark.parametrize("regime", ["digits", "ties", "saturated", "kink-free"])
def test_gradients_that_were_computed_tell_of_none(regime: str) -> None:
    case = drawn(regime, 3)
    arrays = {k: np.asarray(v) for k, v in reference(case).items()}
    assert learning_rate(case, arrays) is None
    assert learning_rate(case, {k: v * 1.5 for k, v in arrays.items()}) is None


def test_a_rate_that_few_elements_tell_of_is_not_guessed() -> None:
    """Steps below one unit in the last place of W are no whole number of them."""
    case = drawn("ties", 5)
    assert learning_rate(case, updated(0.01)(case, reference)) in (None, 0.01)


@pytest.mark.parametrize("rate", [0.1, 0.01])
def test_the_rate_is_found_in_float32(rate: float) -> None:
    """A count above 2^11 units is too rounded there to be whole or not."""
    case = replace(Job("modern", "digits", "float32", 3).case(), upstream=None)
    assert learning_rate(case, updated(rate)(case, reference)) == rate
