"""Numbers of two arrays without a bound: the same as those of a comparison with one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from verify.judge.apart import PIECE, apart
from verify.judge.compare import compare


@pytest.mark.parametrize("size", [1, 7, PIECE, PIECE + 1, 3 * PIECE - 5])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers_are_those_of_a_comparison(size: int, dtype: str) -> None:
    rng = np.random.default_rng(size)
    r = rng.normal(size=size).astype(dtype)
    s = (r + 1e-3 * rng.normal(size=size)).astype(dtype)
    found, bounded = apart(s, r), compare(s, r, np.full(size, 1.0))
    assert found is not None and found.passed and found.elements == size
    assert (found.error, found.scale) == (bounded.error, bounded.scale)
    names = ("fit_scale", "fit_residual", "cosine")
    for name in names:
        assert getattr(found, name) == pytest.approx(getattr(bounded, name), rel=1e-9)
    worst = int(np.abs(s.astype(float) - r.astype(float)).argmax())
    assert found.index == (worst,)
    assert (found.subject, found.reference) == (float(s[worst]), float(r[worst]))


def test_without_a_bound_nothing_is_verified() -> None:
    found = apart(np.ones((2, 3)), np.ones((2, 3)))
    assert found is not None and (found.error, found.verified, found.index) == (0.0, 0, (0, 0))
    assert all(map(math.isnan, (found.bound, found.ratio, found.floor, found.largest)))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_of_what_is_no_number_nothing_follows(bad: float) -> None:
    right, wrong = np.ones(PIECE + 3), np.ones(PIECE + 3)
    wrong[-1] = bad
    assert apart(wrong, right) is None
    assert apart(right, wrong) is None
    assert apart(np.ones(0), np.ones(0)) is None


def test_places_are_compared_as_numbers() -> None:
    found = apart(np.array([[1, 0], [3, 2]]), np.array([[1, 0], [1, 2]]))
    assert found is not None and (found.error, found.index, found.subject) == (2.0, (1, 0), 3.0)
