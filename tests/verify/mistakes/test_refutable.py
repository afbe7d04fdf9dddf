"""A hypothesis is offered only if these numbers could have refuted it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.mistakes.said import Array, drawn, of, said

U = 2.0**-53


def ulps(count: float) -> float:
    """1 and so many units of its last place."""
    return 1 + count * 2 * U


def moved(a: Array) -> Array:
    """Numbers a little beyond their bound, each as rounding would have it."""
    return a * (1 + 3 * U * np.random.default_rng(0).choice((-1, 1), a.shape))


@pytest.mark.parametrize("change", [moved, lambda a: a * ulps(1), lambda a: a * ulps(2)])
@pytest.mark.parametrize("tensor", ["S2.ds", "S2.dx", "S2.s", "S2.y"])
def test_a_factor_that_rounding_could_make_is_none(tensor: str, change: object) -> None:
    assert callable(change)
    assert of(tensor, change, "1998").name == "unexplained"


def test_a_factor_that_rounding_could_not_make_is_one() -> None:
    assert of("S2.ds", lambda a: a * (1 + 1e-13), "1998").name == "constant-factor"


def test_one_number_is_a_factor_of_any_other_and_no_factor_is_said() -> None:
    assert of("loss.data", lambda a: a * 1.37).name == "unexplained"
    assert of("loss.data", lambda a: a * 3).name == "times-N"


@pytest.mark.parametrize("change", [lambda a: -a, lambda a: a[::-1].copy(), lambda a: a / 3])
def test_a_bound_as_wide_as_the_tensor_refutes_nothing(change: object) -> None:
    """C1.db of a float32 run of which nothing else is known, and of a float64 run."""
    assert callable(change)
    found = {}
    for tier in ("float32", "float64"):
        case, trace = drawn("1998", tier)
        wrong = change(trace["C1.db"])
        without = [name for name in trace if name not in ("C1.db", "loss.data")]
        found[tier] = said(case, trace, "C1.db", wrong, without, inherited=True).name
    assert found["float32"] == "unexplained"
    assert found["float64"] != "unexplained"


def test_a_flip_is_said_of_what_it_changes() -> None:
    assert of("C3.dW", lambda a: a[:, :, ::-1, ::-1]).name == "rotated"
    assert of("C3.dW", lambda a: (a + a[:, :, ::-1, ::-1]) / 2).name == "unexplained"


SMALL = np.random.default_rng(2)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda a: a.astype(np.float32), "lower-precision"),
        (lambda a: a * 1.0001, "constant-factor"),
        (lambda a: a + 1e-9, "unexplained"),
        (lambda a: a * np.where(np.arange(a.size).reshape(a.shape) % 7, 1, 1 + 1e-7),
         "unexplained"),
        (lambda a: a * (1 + 1e-7 * np.arange(len(a)) / len(a))[:, None], "unexplained"),
        (lambda a: a * (1 + 5e-8 * SMALL.standard_normal(a.shape)), "unexplained"),
        (lambda a: (a * (1 + 5e-8 * SMALL.standard_normal(a.shape))).astype(np.float32),
         "lower-precision"),
        (lambda a: (a * (1 + 5e-6 * SMALL.standard_normal(a.shape))).astype(np.float32),
         "unexplained"),
    ],
)  # fmt: skip
def test_errors_of_a_precision_have_its_size_and_its_bits(change: object, name: str) -> None:
    assert callable(change)
    assert of("F6.z", change).name == name


def test_a_precision_is_shown_by_bits_where_the_bound_is_wide() -> None:
    found = of("C3.dW", lambda a: a.astype(np.float16), tier="float32")
    assert found.name == "lower-precision" and "float16" in found.text
    other = of("C3.dW", lambda a: a.astype(np.float16) * np.float32(1.0003), tier="float32")
    assert other.name == "unexplained"


def test_one_number_has_no_precision() -> None:
    case, trace = drawn("modern", "float32")
    for factor in (1.001, 1.0001):
        assert said(case, trace, "loss.data", trace["loss.data"] * factor).name == "unexplained"
