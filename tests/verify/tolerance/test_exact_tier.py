"""The exact tier: what the certificate accepts has one result in every order of evaluation."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet_ref.architecture import Affine, Architecture
from tests.verify.tolerance.settings import setting
from verify.expected.step import Step
from verify.expected.steps import steps
from verify.judge.reasons import Plain
from verify.judge.trust import inexact
from verify.tolerance.bound import Bound

NETWORK = Architecture("modern", (Affine("F6", 4, 1, activation="identity"),), None)
STEP = next(s for s in steps(NETWORK, backward=False) if s.symbol == "z")


def bound(magnitude: float, rule: str = "product") -> Bound:
    """Of one element."""
    return Bound(rule, 5, torch.tensor([magnitude], dtype=torch.float64))


def why(
    values: Any,
    magnitude: float = 10.0,
    rule: str = "product",
    step: Step = STEP,
    inputs: Any = (1.0, -0.125),
) -> Plain | None:
    """The certificate for a result."""
    result, fed = (torch.as_tensor(t, dtype=torch.float64).reshape(-1) for t in (values, inputs))
    return inexact(step, bound(magnitude, rule), result, "float64", [fed])


@pytest.mark.parametrize("value", [0.0, -3.0, 0.125, 2.0**-10, 2.0**43, -(2.0**42) + 0.125])
def test_numbers_on_the_grid_are_certified(value: float) -> None:
    assert why(value, magnitude=max(abs(value), 1.0)) is None


@pytest.mark.parametrize("value", [0.1, 1 / 3, 2.0**-11, float("nan"), float("inf")])
def test_numbers_off_the_grid_are_not(value: float) -> None:
    assert why([1.0, value]) is Plain.VALUES_OFF_GRID
    assert why(1.0, inputs=[value]) is Plain.INPUTS_OFF_GRID


def test_inputs_are_eighths() -> None:
    assert why(1.0, inputs=[0.125]) is None
    assert why(1.0, inputs=[0.0625]) is Plain.INPUTS_OFF_GRID


def test_magnitudes_off_the_grid_are_not() -> None:
    """A coefficient such as 0.3 shows in the magnitude even where it cancels in the result."""
    assert why(1.0, magnitude=10.3) is Plain.VALUES_OFF_GRID


def test_sums_beyond_the_largest_exact_integer_are_not() -> None:
    """The largest exact integer of float64 is 2^53; the grid is of 2^-10."""
    assert why(1.0, magnitude=2.0**43) is None
    assert why(1.0, magnitude=2.0**43 * (1 + 2.0**-52)) is Plain.SUMS_TOO_LARGE
    result, M = torch.ones(1, dtype=torch.float64), bound(2.0**14 + 1)
    assert inexact(STEP, M, result, "float32", []) is Plain.SUMS_TOO_LARGE


@pytest.mark.parametrize("rule", ["function", "softmax", "log-sum-exp"])
def test_exponentials_are_never_certified(rule: str) -> None:
    assert why(1.0, rule=rule) is Plain.TRANSCENDENTAL


def test_a_total_that_holds_a_logarithm_is_never_certified() -> None:
    s = setting("logits", "benign", "float64")
    assert why(1.0, step=s.steps("total")[0]) is Plain.TRANSCENDENTAL


def orders(x: NDArray[Any], w: NDArray[Any]) -> set[float]:
    """Every value of x w that an order of summation can give."""
    products = [float(a * b) for a, b in zip(x, w, strict=True)]
    return {((p + q) + r) + s for p, q, r, s in permutations(products)} | {
        (p + q) + (r + s) for p, q, r, s in permutations(products)
    }


@pytest.mark.parametrize("seed", range(5))
def test_on_the_grid_every_order_gives_the_same_bits(seed: int) -> None:
    """With magnitudes near the limit of the certificate."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-(2**39), 2**39, size=4).astype(float)
    x[0] += 0.125
    w = np.array([1.0, -1.0, 2.0, -4.0])
    assert why(float(x @ w), magnitude=float(np.abs(x) @ np.abs(w)), inputs=[*x, *w]) is None
    assert orders(x, w) == {float(x @ w)}


def test_beyond_the_limit_orders_differ_and_the_certificate_says_so() -> None:
    x, w = np.array([2.0**53, 1.0, 1.0, -(2.0**53)]), np.ones(4)
    assert len(orders(x, w)) > 1
    assert why(2.0, magnitude=float(np.abs(x).sum()))


@pytest.mark.parametrize("place", [0, 1, 77, 998, 999])
def test_one_number_off_the_grid_is_seen_wherever_it_stands(place: int) -> None:
    """Large tensors are looked at in a few places first."""
    values = np.ones(1000)
    assert why(values) is None
    values[place] = 0.1
    assert why(values) is Plain.VALUES_OFF_GRID
