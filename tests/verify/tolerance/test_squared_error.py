"""The squared error of a softmax: its bounds hold for every order in which people write it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.verify.tolerance.exact import evaluate
from tests.verify.tolerance.holds import exact_inputs, excess
from tests.verify.tolerance.settings import Array, setting

Formula = Callable[[Array, Array], Array]


def short(p: Array, dp: Array) -> Array:
    """p (dp - sum dp p)."""
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))


def whole(p: Array, dp: Array) -> Array:
    """The Jacobian as a matrix, times dp."""
    found = [(np.diag(row) - np.outer(row, row)) @ d for row, d in zip(p, dp, strict=True)]
    return np.array(found, dtype=p.dtype)


def by_element(p: Array, dp: Array) -> Array:
    """p_i (1 - p_i) on the diagonal, - p_i p_k beside it, one class after the other."""
    found = np.zeros_like(p)
    for i in range(p.shape[1]):
        for k in range(p.shape[1]):
            slope = p[:, i] * (1 - p[:, i]) if i == k else -p[:, i] * p[:, k]
            found[:, i] += slope * dp[:, k]
    return found


def softmax(x: Array) -> Array:
    """By quotients."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_softmax(x: Array) -> Array:
    """By the exponential of logarithms."""
    shifted = x - x.max(axis=1, keepdims=True)
    return np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["benign", "saturated", "cancelling", "mixed"])
@pytest.mark.parametrize("probabilities", [softmax, log_softmax])
@pytest.mark.parametrize("formula", [short, whole, by_element])
@pytest.mark.parametrize("last", [False, True], ids=["weighed", "weighed last"])
def test_every_order_of_the_jacobian_stays_within_the_bound(
    last: bool, formula: Formula, probabilities: Callable[[Array], Array], kind: str, dtype: str
) -> None:
    for seed in range(5):
        s = setting("mean-softmax", kind, dtype, 3, seed)
        (step,) = s.steps("squared_error.dx")
        p = probabilities(s.given("loss.x"))
        r = p - np.eye(5, dtype=dtype)[s.evaluation.labels.numpy()]
        weight = r.dtype.type(2 / 15)
        found = formula(p, r) * weight if last else formula(p, r * weight)
        bound = s.bound(step).value(dtype, sides=1).numpy()
        assert excess(found, evaluate(exact_inputs(s, step)), bound) == []


@pytest.mark.parametrize("probabilities", [softmax, log_softmax])
def test_a_certain_and_right_class_may_leave_a_rounding(
    probabilities: Callable[[Array], Array],
) -> None:
    """Where p - 1 is below u a linear bound of its square would be 0."""
    for seed in range(20):
        s = setting("squared-softmax", "saturated", "float32", 1, seed)
        (step,) = s.steps("squared_error.data")
        p = probabilities(s.given("loss.x")) * np.float32(1 - 2.0**-24)
        r = p - np.eye(5, dtype="float32")[s.evaluation.labels.numpy()]
        true, bound = evaluate(exact_inputs(s, step)), s.bound(step).value("float32", sides=1)
        assert excess(np.asarray((r * r).sum() / 2), true, bound.numpy()) == []
