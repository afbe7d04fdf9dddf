"""The contract of the comparator: every clause with one input it accepts and one it rejects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.judge.compare import compare
from verify.judge.reasons import Blunt, Plain

Floats = NDArray[np.float64]
R = np.array([1.0, -2.0, 3.0])
B = np.full(3, 1e-3)


def accepts(s: NDArray[Any], r: NDArray[Any], b: Floats | None) -> bool:
    """The row would pass: within the bound, and the bound could have failed."""
    found = compare(s, r, b)
    return found.passed and found.usable


def test_inside_and_outside_the_bound() -> None:
    assert accepts(R + 0.9e-3, R, B)
    assert not accepts(R + 1.1e-3, R, B)


def test_error_equal_to_the_bound_passes() -> None:
    assert accepts(R + 0.5, R, np.full(3, 0.5))


def test_one_bad_element_among_many_fails() -> None:
    r = np.linspace(1, 2, 1000)
    s = r.copy()
    s[617] += 1e-9
    found = compare(s, r, np.full(1000, 1e-12))
    assert not found.passed
    assert (found.index, found.failing) == ((617,), 1)


@pytest.mark.parametrize("both", [False, True])
def test_nan_never_passes(both: bool) -> None:
    s = np.array([1.0, np.nan, 3.0])
    assert not accepts(s, s if both else R, B)
    assert compare(s, R, B).nan == 1


@pytest.mark.parametrize("both", [False, True])
def test_inf_never_passes(both: bool) -> None:
    s = np.array([1.0, np.inf, 3.0])
    assert not accepts(s, s if both else R, B)
    assert not accepts(s, s if both else R, None)


@pytest.mark.parametrize("value", [np.nan, -1e-3, np.inf])
def test_unusable_bounds_refuse_even_equal_tensors(value: float) -> None:
    bad = B.copy()
    bad[1] = value
    assert accepts(R, R, B)
    assert not accepts(R, R, bad)


def test_a_bound_above_every_element_verifies_none() -> None:
    assert compare(R, R, np.array([0.5, 5.0, 5.0])).verified == 1
    assert compare(R, R, np.full(3, 3.5)).verified == 0


def test_nothing_compared_is_not_a_pass() -> None:
    empty = np.zeros((0, 3))
    assert not accepts(empty, empty, None)
    assert compare(empty, empty, None).why is Plain.NOTHING_TO_COMPARE


def test_a_reference_of_zeros_is_not_a_pass() -> None:
    assert not accepts(np.zeros(3), np.zeros(3), None)
    assert accepts(np.array([0.0, 1.0]), np.array([0.0, 1.0]), None)


@pytest.mark.parametrize("other", [(3, 1), (1, 3), (4,), ()])
def test_shapes_never_broadcast(other: tuple[int, ...]) -> None:
    assert accepts(np.ones(3), np.ones(3), B)
    assert not accepts(np.ones(3), np.ones(other), B)
    assert not accepts(np.ones(other), np.ones(3), B)
    assert not accepts(np.ones(3), np.ones(3), np.full(other, 1e-3))


def test_swapped_arguments_give_the_same_verdict_and_error() -> None:
    for delta in (0.9e-3, 1.1e-3):
        one, two = compare(R + delta, R, B), compare(R, R + delta, B)
        assert (one.passed, one.error) == (two.passed, two.error)
    # but not the same fit: which side is the reference is part of the row
    assert compare(2 * R, R, B).fit_scale == pytest.approx(2)
    assert compare(R, 2 * R, B).fit_scale == pytest.approx(0.5)


def test_memory_layout_does_not_matter() -> None:
    r = np.arange(24.0).reshape(4, 6)
    for s in (np.asfortranarray(r), r.copy()[::-1][::-1], r.T.copy().T):
        assert accepts(s, r, None)
    assert not accepts(r[::-1], r, None)


def test_read_only_arrays_are_compared_and_left_alone() -> None:
    s, r, b = R.copy(), R.copy(), B.copy()
    for array in (s, r, b):
        array.setflags(write=False)
    assert accepts(s, r, b)
    assert not accepts(s + 1, r, b)


def test_minus_zero_equals_zero_and_subnormals_do_not() -> None:
    r = np.array([0.0, 1.0])
    assert accepts(np.array([-0.0, 1.0]), r, None)
    assert not accepts(np.array([5e-324, 1.0]), r, None)


def test_float32_is_compared_without_losing_bits() -> None:
    r = np.array([1.0, 2.0], dtype=np.float32)
    s = np.nextafter(r, np.float32(3))
    assert compare(s, r, None).error == 2.0**-22
    assert not accepts(s, r, None)


def test_scale_and_residual_name_a_factor() -> None:
    r = np.random.default_rng(0).standard_normal(50)
    found = compare(r / 784, r, np.zeros(50) + 1e-15)
    assert found.fit_scale == pytest.approx(1 / 784, rel=1e-14)
    assert found.fit_residual < 5e-15


@pytest.mark.parametrize("place", [0, 1])
def test_a_change_beyond_the_floor_is_certain_to_fail_in_any_element(place: int) -> None:
    r, b = np.array([1.0, 10.0]), np.array([1e-6, 1e-6])
    floor = compare(r, r, b).floor
    assert floor == pytest.approx(1e-6)
    one = np.arange(2) == place
    assert not compare(r * (1 + 1.01 * floor * one), r, b).passed
    assert compare(r * (1 + 0.99 * floor), r, b).passed is False  # 10 has a floor of 1e-7
    assert compare(r + 0.99e-6 * one, r, b).passed


def test_what_could_have_been_anything_of_its_size_was_not_verified() -> None:
    """One element with a bound as large as itself, in a tensor that agrees."""
    r, b = np.array([1.0, -0.3, 0.5]), np.array([1e-9, 0.35, 1e-9])
    found = compare(r, r, b)
    assert (found.passed, found.verified, found.elements) == (True, 2, 3)
    assert found.blunt == Blunt(1, 3)
    assert compare(r * np.array([1, -1, 1]), r, b * 2).passed, "its sign was never verified"
    assert compare(r, r, b * np.array([1, 0.5, 1])).blunt is None


def test_a_small_element_counts_as_a_quarter_of_the_digits_of_the_largest() -> None:
    """Rounding noise around zero is no gap in what was verified."""
    r, b = np.array([1.0, 1e-12]), np.full(2, 1e-9)
    assert compare(r, r, b).blunt is None
    assert compare(r, r, np.full(2, 2e-4)).verified == 1
    assert compare(r, r, np.full(2, 2e-4), 2.0**-24).verified == 2


def test_worst_place_is_the_largest_excess_not_the_largest_error() -> None:
    r, b = np.array([1.0, 100.0]), np.array([1e-9, 10.0])
    found = compare(r + np.array([1e-3, 5.0]), r, b)
    assert found.index == (0,)
    assert found.subject == pytest.approx(1.001)


def test_scalars_compare() -> None:
    assert accepts(np.asarray(2.0), np.asarray(2.0), None)
    assert not accepts(np.asarray(2.0), np.asarray(2.1), np.asarray(1e-3))


def test_scale_and_residual_of_what_passes() -> None:
    """The subject over the reference there too, and not the other way round."""
    r = np.random.default_rng(0).standard_normal(50)
    found = compare(r * 1.25, r, np.ones(50))
    assert found.passed and found.fit_scale == pytest.approx(1.25, rel=1e-12)


def test_of_the_same_bits_the_first_element_is_shown() -> None:
    r = np.array([0.25, 0.5, -3.0])
    found = compare(r, r.copy(), np.zeros(3))
    assert found.passed and found.index == (0,)
    assert (found.subject, found.reference, found.scale, found.fit_scale) == (0.25, 0.25, 3.0, 1.0)
