"""im2col, col2im and the pooling windows against nested loops, with every order pinned."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import matrix
from tests import loops
from tests.loops import Pair, Shape, integers

# Co-prime sizes, so that no swap of two axes keeps a shape; strides that leave a remainder.
GATHERS: list[tuple[Shape, Pair, Pair]] = [
    ((2, 3, 7, 11), (3, 2), (1, 1)),
    ((2, 3, 7, 11), (3, 2), (2, 3)),
    ((3, 2, 9, 5), (4, 5), (2, 1)),
    ((1, 4, 8, 13), (1, 3), (3, 2)),
    ((2, 6, 14, 14), (5, 5), (1, 1)),
    ((2, 16, 5, 5), (5, 5), (1, 1)),
]
POOLS: list[tuple[Shape, Pair]] = [
    ((2, 3, 4, 10), (2, 2)),
    ((1, 2, 6, 6), (3, 2)),
    ((3, 1, 5, 14), (5, 7)),
]
gathers = pytest.mark.parametrize(("shape", "kernel", "stride"), GATHERS)
pools = pytest.mark.parametrize(("shape", "size"), POOLS)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "expected"),
    [(32, 5, 1, 28), (14, 5, 1, 10), (5, 5, 1, 1), (11, 2, 3, 4), (7, 3, 2, 3), (8, 1, 3, 3)],
)
def test_output_size(size: int, kernel: int, stride: int, expected: int) -> None:
    assert matrix.output_size(size, kernel, stride) == expected


@gathers
def test_im2col_is_the_nested_loop(shape: Shape, kernel: Pair, stride: Pair) -> None:
    x = integers(shape, 1)
    np.testing.assert_array_equal(
        matrix.im2col(x, kernel, stride), loops.gathered(x, kernel, stride)
    )


@gathers
def test_col2im_is_the_nested_loop(shape: Shape, kernel: Pair, stride: Pair) -> None:
    rows = len(loops.positions(shape, kernel, stride))
    da = integers((rows, shape[1] * kernel[0] * kernel[1]), 2)
    expected = loops.scattered(da, shape, kernel, stride)
    np.testing.assert_array_equal(matrix.col2im(da, shape, kernel, stride), expected)


@gathers
def test_col2im_is_the_adjoint(shape: Shape, kernel: Pair, stride: Pair) -> None:
    x = integers(shape, 3)
    a = matrix.im2col(x, kernel, stride)
    da = integers(a.shape, 4)
    assert (a * da).sum() == (x * matrix.col2im(da, shape, kernel, stride)).sum()


def test_im2col_orders_by_hand() -> None:
    x = np.arange(36.0).reshape(2, 2, 3, 3)
    a = matrix.im2col(x, (2, 2))
    assert a.shape == (8, 8)
    assert a[0].tolist() == [0, 1, 3, 4, 9, 10, 12, 13]
    assert a[1].tolist() == [1, 2, 4, 5, 10, 11, 13, 14]
    assert a[2].tolist() == [3, 4, 6, 7, 12, 13, 15, 16]
    assert a[4].tolist() == [18, 19, 21, 22, 27, 28, 30, 31]


def test_col2im_adds_overlaps() -> None:
    """At C3 a pixel in the middle is read by 25 receptive fields, a corner by one."""
    counts = matrix.col2im(np.ones((100, 25)), (1, 1, 14, 14), (5, 5))[0, 0]
    edge = [1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 4, 3, 2, 1]
    np.testing.assert_array_equal(counts, np.outer(edge, edge))
    assert counts.max() == 25


def test_col2im_leaves_unread_pixels_at_zero() -> None:
    """Width 11 under a kernel of 2 and a stride of 3: columns 2, 5 and 8 are never read."""
    a = matrix.im2col(np.zeros((1, 1, 7, 11)), (3, 2), (2, 3))
    read = matrix.col2im(np.ones(a.shape), (1, 1, 7, 11), (3, 2), (2, 3))[0, 0]
    assert np.flatnonzero((read == 0).all(axis=0)).tolist() == [2, 5, 8]


@pools
def test_windows_are_the_nested_loop(shape: Shape, size: Pair) -> None:
    x = integers(shape, 5)
    np.testing.assert_array_equal(matrix.windows(x, size), loops.pooling_windows(x, size))


@pools
def test_from_windows_inverts_windows(shape: Shape, size: Pair) -> None:
    x = np.arange(float(np.prod(shape))).reshape(shape)
    np.testing.assert_array_equal(matrix.from_windows(matrix.windows(x, size), shape, size), x)


def test_windows_orders_by_hand() -> None:
    x = np.arange(48.0).reshape(1, 2, 4, 6)
    expected = [
        [0, 1, 2, 6, 7, 8],
        [3, 4, 5, 9, 10, 11],
        [12, 13, 14, 18, 19, 20],
        [15, 16, 17, 21, 22, 23],
        [24, 25, 26, 30, 31, 32],
    ]
    assert matrix.windows(x, (2, 3))[:5].tolist() == expected


def test_rows_of_z_run_over_images_then_positions() -> None:
    volume = np.arange(24.0).reshape(2, 3, 2, 2)
    rows = matrix.to_rows(volume)
    assert rows.shape == (8, 3)
    assert rows[:5].tolist() == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11], [12, 16, 20]]
    np.testing.assert_array_equal(matrix.to_volume(rows, volume.shape), volume)


def test_volumes_need_not_be_contiguous() -> None:
    x = integers((5, 7, 3, 2), 6)
    turned = x.transpose(3, 2, 0, 1)
    copied = np.ascontiguousarray(turned)
    np.testing.assert_array_equal(matrix.im2col(turned, (3, 2)), matrix.im2col(copied, (3, 2)))
    np.testing.assert_array_equal(matrix.windows(turned, (5, 7)), matrix.windows(copied, (5, 7)))
    np.testing.assert_array_equal(matrix.to_rows(turned), matrix.to_rows(copied))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_dtype_is_kept_and_arguments_untouched(dtype: str) -> None:
    x = integers((2, 3, 4, 6), 7).astype(dtype)
    before = x.copy()
    x.setflags(write=False)
    a, w = matrix.im2col(x, (3, 2)), matrix.windows(x, (2, 3))
    dx, back = matrix.col2im(a, x.shape, (3, 2)), matrix.from_windows(w, x.shape, (2, 3))
    assert {v.dtype for v in (a, w, dx, back, matrix.to_rows(x))} == {np.dtype(dtype)}
    np.testing.assert_array_equal(x, before)
    assert not np.shares_memory(a, x)


@pytest.mark.parametrize("kernel", [(1, 1), (3, 4), (1, 4), (3, 1)])
def test_fields_are_a_copy_even_where_they_are_the_volume(kernel: Pair) -> None:
    x = integers((1, 2, 3, 4), 3)
    before = x.copy()
    a = matrix.im2col(x, kernel)
    assert a.flags.writeable
    a[...] = 99
    assert np.array_equal(x, before)


def test_any_memory_order_of_the_volume() -> None:
    x = integers((2, 3, 7, 11), 5)
    expected = matrix.im2col(x, (3, 2), (2, 3))
    backwards = x[::-1, ::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1, ::-1]
    for same in (np.asfortranarray(x), backwards):
        assert np.array_equal(matrix.im2col(same, (3, 2), (2, 3)), expected)
    constant = np.broadcast_to(x[:1, :1, :1, :1], x.shape)
    assert (matrix.im2col(constant, (3, 2)) == x[0, 0, 0, 0]).all()
