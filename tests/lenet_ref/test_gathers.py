"""The gathers with the image last are those of matrix.py in another order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import matrix
from lenet_ref.fast import gathers
from tests.lenet_ref.test_matrix import GATHERS, POOLS
from tests.loops import Array, Pair, Shape, integers

WHOLE: list[tuple[Shape, Pair, Pair]] = [
    *GATHERS,
    ((3, 2, 6, 4), (3, 2), (7, 7)),  # one field that leaves a rest
    ((3, 2, 3, 4), (3, 4), (1, 1)),  # one field that is everything
    ((3, 2, 4, 4), (3, 4), (1, 1)),  # two fields, one below the other
    ((3, 2, 3, 5), (3, 4), (1, 1)),  # and side by side
]
every_gather = pytest.mark.parametrize(("shape", "kernel", "stride"), WHOLE)


def last(volume: Array) -> Array:
    """(N, C, H, W) as (C, H, W, N)."""
    return volume.transpose(1, 2, 3, 0)


def rows_last(a: Array, n: int) -> Array:
    """Rows (n, i, j) as rows (i, j, n)."""
    return a.reshape(n, -1, a.shape[1]).swapaxes(0, 1).reshape(a.shape)


@every_gather
def test_im2col(shape: Shape, kernel: Pair, stride: Pair) -> None:
    x = integers(shape, 1)
    expected = rows_last(matrix.im2col(x, kernel, stride), shape[0])
    np.testing.assert_array_equal(gathers.im2col(last(x), kernel, stride), expected)


@every_gather
def test_col2im(shape: Shape, kernel: Pair, stride: Pair) -> None:
    rows = len(matrix.im2col(integers(shape, 1), kernel, stride))
    da = integers((rows, shape[1] * kernel[0] * kernel[1]), 2)
    expected = last(matrix.col2im(da, shape, kernel, stride))
    found = gathers.col2im(rows_last(da, shape[0]), expected.shape, kernel, stride)
    np.testing.assert_array_equal(found, expected)


def test_one_field_that_is_everything_is_not_copied() -> None:
    x = integers((2, 3, 4, 5), 1)
    a = gathers.im2col(x, (3, 4), (1, 1))
    assert np.shares_memory(a, x)
    assert np.shares_memory(gathers.col2im(a, x.shape, (3, 4), (1, 1)), a)
    assert not np.shares_memory(gathers.im2col(x, (2, 4), (1, 1)), x)


@pytest.mark.parametrize(("shape", "size"), POOLS)
def test_windows_and_back(shape: Shape, size: Pair) -> None:
    x = integers(shape, 5)
    found = gathers.windows(last(x), size)
    n, c = shape[:2]
    expected = matrix.windows(x, size).reshape(n, -1, size[0] * size[1]).swapaxes(0, 1)
    np.testing.assert_array_equal(found, expected.reshape(found.shape))
    np.testing.assert_array_equal(gathers.from_windows(found, last(x).shape, size), last(x))
    assert found.shape == (n * c * (shape[2] // size[0]) * (shape[3] // size[1]), size[0] * size[1])


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtypes_are_kept(dtype: str) -> None:
    x = np.ones((2, 6, 6, 3), dtype=dtype)
    a, w = gathers.im2col(x, (3, 2), (1, 1)), gathers.windows(x, (2, 3))
    back = gathers.col2im(a, x.shape, (3, 2), (1, 1)), gathers.from_windows(w, x.shape, (2, 3))
    assert {v.dtype for v in (a, w, *back)} == {np.dtype(dtype)}
