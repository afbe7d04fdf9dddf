"""The RBF output layer (eq. 7): distances between the published bitmaps, loops, gradients."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import codes
from lenet_ref.layers import rbf
from tests.loops import Array, integers

CODES = codes.codes()


def _hamming(one: int, other: int) -> int:
    """Pixels in which two glyphs differ, counted in the drawing."""
    rows = zip(codes.glyphs()[one], codes.glyphs()[other], strict=True)
    return sum(p != q for left, right in rows for p, q in zip(left, right, strict=True))


@pytest.mark.parametrize("digit", range(10))
def test_a_perfect_code_is_four_times_the_hamming_distance_away(digit: int) -> None:
    y = rbf.forward(CODES[digit : digit + 1], CODES)[0]
    assert y.tolist() == [4 * _hamming(digit, other) for other in range(10)]
    assert (y[digit], y.argmin()) == (0, digit)


def test_the_origin_is_84_from_every_code() -> None:
    assert rbf.forward(np.zeros((3, 84)), CODES).tolist() == [[84] * 10] * 3


def test_the_farthest_saturated_state_is_619_away() -> None:
    """84 (1 + A)^2 = 619.6 with A = 1.7159."""
    y = rbf.forward(-1.7159 * CODES[:1], CODES)
    assert y[0, 0] == pytest.approx(619.6, abs=0.05)
    assert y.argmax() == 0


def test_distances_by_hand() -> None:
    x = np.array([[1.0, 2.0], [-3.0, 0.0]])
    W = np.array([[0.0, 0.0], [1.0, -1.0], [-3.0, 4.0]])
    assert rbf.forward(x, W).tolist() == [[5, 9, 20], [9, 17, 16]]


def _gradients(x: Array, W: Array, dy: Array) -> tuple[Array, Array]:
    """dx and dW, term by term."""
    dx, dW = np.zeros(x.shape), np.zeros(W.shape)
    for n, i in np.ndindex(*dy.shape):
        for j in range(x.shape[1]):
            dx[n, j] += 2 * (x[n, j] - W[i, j]) * dy[n, i]
            dW[i, j] += -2 * (x[n, j] - W[i, j]) * dy[n, i]
    return dx, dW


def test_gradients_are_the_nested_loop() -> None:
    x, W, dy = integers((3, 5), 1), integers((4, 5), 2), integers((3, 4), 3)
    dx, dW = _gradients(x, W, dy)
    np.testing.assert_array_equal(rbf.input_gradient(x, W, dy), dx)
    np.testing.assert_array_equal(rbf.code_gradient(x, W, dy), dW)


def test_gradient_of_one_distance_is_twice_the_difference() -> None:
    """Under eq. 8 and P = 1: dE/dx = 2 (x - w_D), and the code moves the other way."""
    x, dy = integers((1, 84), 4), np.eye(10)[[7]]
    np.testing.assert_array_equal(rbf.input_gradient(x, CODES, dy)[0], 2 * (x[0] - CODES[7]))
    dW = rbf.code_gradient(x, CODES, dy)
    np.testing.assert_array_equal(dW[7], 2 * (CODES[7] - x[0]))
    assert not np.delete(dW, 7, axis=0).any()


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_and_arguments_untouched(dtype: str) -> None:
    x, W, dy = (integers(s, 5, -2, 2).astype(dtype) for s in ((2, 84), (10, 84), (2, 10)))
    for array in (x, W, dy):
        array.setflags(write=False)
    found = rbf.forward(x, W), rbf.input_gradient(x, W, dy), rbf.code_gradient(x, W, dy)
    assert {v.dtype for v in found} == {np.dtype(dtype)}
