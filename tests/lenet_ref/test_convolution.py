"""Convolution and affine layers against nested loops, bit for bit on whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import connections
from lenet_ref.layers import affine, convolution
from tests import loops
from tests.loops import Array, Pair, Shape, integers

# x, (K, kh, kw), stride; C differs from K, heights from widths, kernels are asymmetric
CASES: list[tuple[Shape, Shape, Pair]] = [
    ((2, 3, 7, 9), (4, 3, 2), (1, 1)),
    ((3, 2, 8, 11), (5, 2, 4), (2, 3)),
    ((2, 5, 4, 3), (7, 4, 3), (1, 1)),
    ((1, 1, 9, 6), (3, 5, 5), (1, 1)),
]
cases = pytest.mark.parametrize(("shape", "filters", "stride"), CASES)
TABLE = ((0, 2), (1,), (0, 1, 3), (2, 3), (0, 1, 2, 3))


def _layer(shape: Shape, filters: Shape, stride: Pair) -> tuple[Array, Array, Array, Array]:
    """x, W, b and an upstream dz of whole numbers."""
    k, kh, kw = filters
    out = [n // s for n, s in zip((shape[2] - kh, shape[3] - kw), stride, strict=True)]
    dz = (shape[0], k, out[0] + 1, out[1] + 1)
    W = (k, shape[1], kh, kw)
    return integers(shape, 1), integers(W, 2), integers((k,), 3), integers(dz, 4)


@cases
def test_dense_forward_and_backward(shape: Shape, filters: Shape, stride: Pair) -> None:
    x, W, b, dz = _layer(shape, filters, stride)
    dense = [list(range(shape[1]))] * filters[0]
    expected = loops.convolution(x, W, b, dz, stride, dense)
    forward = convolution.forward(x, W, b, stride)
    backward = convolution.backward(x, forward["a"], W, dz, stride)
    np.testing.assert_array_equal(forward["z"], expected["z"])
    for name in ("dx", "dW", "db"):
        np.testing.assert_array_equal(backward[name], expected[name], err_msg=name)


def test_sparse_forward_and_backward() -> None:
    """W holds non-zero numbers at dead links: they must have no say anywhere."""
    x, W, b, dz = _layer((2, 4, 6, 7), (5, 3, 2), (1, 1))
    mask = connections.mask(TABLE, 4)
    expected = loops.convolution(x, W, b, dz, (1, 1), [list(t) for t in TABLE])
    forward = convolution.forward(x, W, b, mask=mask)
    backward = convolution.backward(x, forward["a"], W, dz, mask=mask)
    np.testing.assert_array_equal(forward["z"], expected["z"])
    for name in ("dx", "dW", "db"):
        np.testing.assert_array_equal(backward[name], expected[name], err_msg=name)
    assert not backward["dW"][~mask].any()
    assert backward["dW"][mask].any(axis=(1, 2)).all()


def test_dead_links_are_without_influence() -> None:
    x, W, b, dz = _layer((2, 4, 6, 7), (5, 3, 2), (1, 1))
    mask = connections.mask(TABLE, 4)
    other = np.where(mask[:, :, None, None], W, W + 1000)
    a = convolution.forward(x, W, b, mask=mask)["a"]
    before = convolution.backward(x, a, W, dz, mask=mask)
    after = convolution.backward(x, a, other, dz, mask=mask)
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value, err_msg=name)
    z = convolution.forward(x, other, b, mask=mask)["z"]
    np.testing.assert_array_equal(z, convolution.forward(x, W, b, mask=mask)["z"])


def test_it_is_a_cross_correlation() -> None:
    """The kernel is not flipped: its first tap meets the window's first pixel."""
    x = np.array([[[[1.0, 20.0, 300.0]]]])
    W = np.array([[[[1.0, 2.0]]]])
    z = convolution.forward(x, W, np.zeros(1))["z"]
    assert z.ravel().tolist() == [41, 620]


def test_dx_of_one_pixel_is_the_kernel_where_it_was_read() -> None:
    W = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    dz = np.zeros((1, 1, 2, 2))
    dz[0, 0, 1, 0] = 10
    dx = convolution.backward(np.zeros((1, 1, 3, 4)), np.zeros((4, 6)), W, dz)["dx"]
    assert dx[0, 0].tolist() == [[0, 0, 0, 0], [10, 20, 30, 0], [40, 50, 60, 0]]


def test_bias_gradient_is_the_sum_over_784_rows() -> None:
    """Errata S17 and S18: the source averages; autograd divided by the source is exactly 784."""
    x, W = np.zeros((1, 1, 32, 32)), np.zeros((6, 1, 5, 5))
    a = convolution.forward(x, W, np.zeros(6))["a"]
    db = convolution.backward(x, a, W, np.ones((1, 6, 28, 28)))["db"]
    assert db.tolist() == [784.0] * 6


def test_matrix_gradient_is_dz_times_filters() -> None:
    """da has a row per position: the filters weighted by that position's dz."""
    x, W, b, dz = _layer((2, 3, 4, 5), (2, 2, 3), (1, 1))
    a = convolution.forward(x, W, b)["a"]
    da = convolution.backward(x, a, W, dz)["da"]
    n, i, j = 1, 2, 0
    row = n * 9 + i * 3 + j
    expected = W[0].ravel() * dz[n, 0, i, j] + W[1].ravel() * dz[n, 1, i, j]
    assert da[row].tolist() == expected.tolist()


def test_affine_by_hand() -> None:
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    W, b = np.array([[1.0, 0.0, -1.0], [2.0, 3.0, 5.0]]), np.array([100.0, 1000.0])
    forward = affine.forward(x, W, b)
    assert forward["z"].tolist() == [[98, 1023], [98, 1053]]
    dz = np.array([[1.0, 10.0], [2.0, -1.0]])
    backward = affine.backward(forward["a"], W, dz)
    assert backward["dx"].tolist() == [[21, 30, 49], [0, -3, -7]]
    assert backward["da"].tolist() == [[21, 30, 49], [0, -3, -7]]
    assert backward["dW"].tolist() == [[9, 12, 15], [6, 15, 24]]
    assert backward["db"].tolist() == [3, 9]


def test_arguments_may_be_read_only() -> None:
    x, W, b, dz = _layer((2, 3, 5, 4), (2, 2, 3), (1, 1))
    for array in (x, W, b, dz):
        array.setflags(write=False)
    a = convolution.forward(x, W, b)["a"]
    a.setflags(write=False)
    first, second = (convolution.backward(x, a, W, dz) for _ in range(2))
    for name, value in first.items():
        np.testing.assert_array_equal(second[name], value, err_msg=name)
