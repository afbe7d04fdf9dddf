"""Numbers for pictures: the worst is among them, there are never too many, the same each time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from verify.judge.samples import MOST, sampled, thinned

SHAPES = [(), (1,), (84,), (10**6,), (3, 4), (784 * 7, 25), (120, 400), (16, 6, 5, 5),
          (7, 6, 28, 28), (1, 1, 200, 200), (2, 3, 4, 5, 6)]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_worst_is_kept_and_no_more_than_the_most(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    got = rng.standard_normal(shape)
    for _ in range(3):
        index = tuple(int(rng.integers(size)) for size in shape)
        found = sampled(got, got, np.zeros(()), index)
        assert found.got.size <= MOST
        assert found.got.shape == found.bound.shape == tuple(map(len, found.axes))
        assert all(worst in axis for worst, axis in zip(index, found.axes, strict=True))
        assert all([*axis] == sorted({*axis}) for axis in found.axes)
        assert found.whole == (math.prod(shape) <= MOST)


def test_what_is_kept_stands_where_it_stood() -> None:
    values = np.arange(7 * 6 * 28 * 28, dtype=float).reshape(7, 6, 28, 28)
    found = sampled(values, -values, np.ones(()), (4, 3, 2, 1))
    assert np.array_equal(found.got, values[np.ix_(*found.axes)])
    assert np.array_equal(found.expected, -found.got)


def test_maps_stay_whole_as_long_as_they_can() -> None:
    assert [len(axis) for axis in thinned((7, 6, 28, 28), (0, 0, 0, 0))] == [1, 5, 28, 28]


def test_no_error_is_no_multiple_of_a_bound_of_zero() -> None:
    found = sampled(np.array([1.0, 2.0, np.nan]), np.array([1.0, 1.0, 1.0]), np.zeros(()), (1,))
    assert found.ratio[0] == 0 and found.ratio[1] == np.inf and np.isnan(found.ratio[2])
