"""The gathers with the image last are those of matrix.py in another order of rows and columns."""

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
    ((2, 3, 9, 11), (2, 3), (3, 4)),  # gaps between the fields
]
every_gather = pytest.mark.parametrize(("shape", "kernel", "stride"), WHOLE)


def last(volume: Array) -> Array:
    """(N, C, H, W) as (C, H, W, N)."""
    return volume.transpose(1, 2, 3, 0)


def fields(a: Array, n: int, c: int, kernel: Pair, oh: int) -> Array:
    """Rows (n, i, j), columns (c, u, v) as (OH, (u, c, v), (j, n))."""
    apart = a.reshape(n, oh, -1, c, *kernel)  # n i j c u v
    return apart.transpose(1, 4, 3, 5, 2, 0).reshape(oh, a.shape[1], -1)


@every_gather
def test_lines_that_are_stacked_are_the_fields(shape: Shape, kernel: Pair, stride: Pair) -> None:
    x, (n, c) = integers(shape, 1), shape[:2]
    found = gathers.stacked(gathers.shifted(last(x), kernel[1], stride[1]), kernel[0], stride[0])
    expected = fields(matrix.im2col(x, kernel, stride), n, c, kernel, len(found))
    np.testing.assert_array_equal(found, expected)


@every_gather
def test_what_is_collected_is_col2im(shape: Shape, kernel: Pair, stride: Pair) -> None:
    """da = dz W^T is scattered there; here it never stands in memory."""
    n, c, h, w = shape
    oh, ow = matrix.pooled_size((h, w), kernel, stride)
    dz, W = integers((n, 5, oh, ow), 2), integers((5, c, *kernel), 3)
    da = matrix.to_rows(dz) @ W.reshape(5, -1)
    expected = last(matrix.col2im(da, shape, kernel, stride))
    spread = gathers.spread(last(dz), (h, w), kernel, stride)
    upward = W[:, :, ::-1].transpose(1, 3, 2, 0).reshape(c * kernel[1], -1)
    found = gathers.collected(upward, spread, (c, h, w, n), kernel[1])
    np.testing.assert_array_equal(found, expected)


def test_a_height_is_read_without_a_copy() -> None:
    shifts = gathers.shifted(integers((3, 8, 7, 2), 1), 3, 1)
    assert np.shares_memory(gathers.stacked(shifts, 4, 1), shifts)
    volume = shifts.reshape(8, 3, 15, 2).transpose(1, 0, 2, 3)
    assert np.shares_memory(gathers.by_lines(volume), shifts)


def test_a_view_stays_inside() -> None:
    x = np.arange(12.0)
    assert gathers.view(x, (3, 2), (5, 1)).tolist() == [[0, 1], [5, 6], [10, 11]]
    with pytest.raises(ValueError, match="strides"):
        gathers.view(x, (3, 3), (5, 1))


def test_what_one_field_covers() -> None:
    dx = integers((2, 3, 4, 5), 1)
    assert gathers.placed(dx, dx.shape) is dx
    whole = gathers.placed(dx, (2, 5, 6, 5))
    np.testing.assert_array_equal(whole[:, :3, :4], dx)
    assert not whole[:, 3:].any() and not whole[:, :, 4:].any()


def windows_last(a: Array, n: int, c: int, oh: int) -> Array:
    """Rows (n, c, i, j) as rows (i, c, j, n)."""
    apart = a.reshape(n, c, oh, -1, a.shape[1])
    return apart.transpose(2, 1, 3, 0, 4).reshape(a.shape)


@pytest.mark.parametrize(("shape", "size"), POOLS)
def test_windows_and_back(shape: Shape, size: Pair) -> None:
    x, (n, c) = integers(shape, 5), shape[:2]
    found = gathers.windows(last(x), size)
    expected = windows_last(matrix.windows(x, size), n, c, shape[2] // size[0])
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(gathers.from_windows(found, last(x).shape, size), last(x))
    assert found.shape == (n * c * (shape[2] // size[0]) * (shape[3] // size[1]), size[0] * size[1])


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtypes_are_kept(dtype: str) -> None:
    x = np.ones((2, 6, 6, 3), dtype=dtype)
    a, w = gathers.shifted(x, 3, 1), gathers.windows(x, (2, 3))
    spread = gathers.spread(np.ones((4, 4, 5, 3), dtype), (6, 6), (3, 2), (1, 1))
    dx = gathers.collected(np.ones((4, 12), dtype), spread, x.shape, 2)
    back = gathers.from_windows(w, x.shape, (2, 3)), gathers.placed(x, (2, 7, 7, 3))
    assert {v.dtype for v in (a, w, spread, dx, *back)} == {np.dtype(dtype)}
