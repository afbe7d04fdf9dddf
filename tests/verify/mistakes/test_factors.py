"""Factors: all that have one value are said, and each only where it can stand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.mistakes.said import NOTHING_SAID, drawn, of, said
from verify.judge.findings import Nearest
from verify.judge.judge import Judge
from verify.mistakes.diagnosis import explain


def options(tensor: str, factor: float, variant: str, batch: int) -> set[str]:
    """What a tensor times a factor is called."""
    case, trace = drawn(variant, batch=batch)
    found = said(case, trace, tensor, trace[tensor] * factor)
    assert all(name for name in found.options) and len(found.options) != 1
    return set(found.options or (found.name,))


def test_with_three_patterns_half_the_sum_is_the_slope_of_the_squash() -> None:
    assert options("F6.dz", 3 / 2, "1998", 3) == {"half-N", "lost-S"}
    assert options("F6.dz", 5 / 2, "1998", 5) == {"half-N"}
    assert options("F6.dz", 3 / 2, "1998", 5) == {"lost-S"}


def test_a_network_without_a_squash_has_not_lost_its_constants() -> None:
    assert options("F6.dz", 3 / 2, "modern", 3) == {"half-N"}
    assert options("F6.dz", 1.7159, "modern", 3) == {"constant-factor"}


@pytest.mark.parametrize(
    ("factor", "names"),
    [
        (5.0, {"times-N"}), (1 / 10, {"over-2N"}), (2 / 5, {"two-over-N"}), (10.0, {"two-N"}),
        (25.0, {"N-squared"}), (-5.0, {"minus-times-N"}), (-1.0, {"sign"}), (-0.5, {"minus-half"}),
        (1 / 25, {"over-N-squared", "over-kernel"}), (0.25, {"a-quarter"}),
    ],
)  # fmt: skip
def test_products_are_named(factor: float, names: set[str]) -> None:
    assert options("C5.dx", factor, "modern", 5) == names


def test_all_are_said_in_the_text() -> None:
    text = of("F6.dz", lambda a: a * 1.5, "1998").text
    assert "N/2" in text and "slope S" in text


def test_a_window_is_spoken_of_where_there_is_one() -> None:
    assert "window" in of("S2.ds", lambda a: a / 4, "1998").text
    for tensor in ("C3.db", "C3.dx", "F6.dW"):
        assert "window" not in of(tensor, lambda a: a * 4).text


def test_a_table_entry_that_is_a_factor_says_what_else_it_may_be() -> None:
    """A squared error's 2 (probs - Y) / N is half the sum of four patterns."""
    assert options("loss.dx", 2.0, "modern", 4) == {"squared-error", "half-N"}
    assert options("loss.dx", 2.0, "modern", 5) == {"squared-error"}


def test_one_factor_for_each_unit_is_said_with_the_factors() -> None:
    counted = 16 - np.arange(16)
    found = of("S4.dW", lambda a: a * counted, "1998")
    assert found.name == "factors-axis-0" and "16, 15, 14" in found.text
    assert of("S4.dW", lambda a: a * (1 + counted / 7.3), "1998") == NOTHING_SAID
    assert of("S4.dW", lambda a: a * np.where(counted == 3, 2, 1), "1998") == NOTHING_SAID


def test_one_factor_for_each_map_needs_several_elements() -> None:
    factors = np.linspace(0.3, 2.7, 16)
    assert of("C3.dW", lambda a: a * factors[:, None, None, None]).name == "factors-axis-0"
    assert of("C3.y", lambda a: a * factors[:, None, None]).name == "factors-axis-1"
    assert of("C3.db", lambda a: a * factors) == NOTHING_SAID
    noise = 1 + 1e-6 * np.random.default_rng(0).standard_normal((16, 6, 5, 5))
    assert of("C3.dW", lambda a: a * factors[:, None, None, None] * noise) == NOTHING_SAID


def nearest(tensor: str, noise: float, factor: float) -> Nearest | None:
    """What is said to come nearest to a tensor times a factor, with noise."""
    case, trace = drawn("modern")
    rng = np.random.default_rng(0)
    wrong = trace[tensor] * factor * (1 + noise * rng.standard_normal(trace[tensor].shape))
    judge = Judge(case, trace | {tensor: wrong}, with_truth=False)
    (found,) = [f for f in explain(judge, judge.findings()) if f.step.tensor == tensor]
    assert found.cause is None
    return found.nearest


def test_what_is_unexplained_comes_with_the_nearest_factor() -> None:
    found = nearest("C3.dW", 0.1, 3)
    assert found is not None and abs(found.factor - 3) < 0.1 and 0.05 < found.left < 0.2
    assert nearest("C3.dW", 1.0, 1) is None
