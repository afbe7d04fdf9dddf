"""Each kernel gives what its textbook line gives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lenet_ref.activations import relu
from lenet_ref.fast import kernels
from lenet_ref.layers import max_pool

SPECIAL = (1.0, 0.0, -0.0, -2.0, np.inf, -np.inf, np.nan)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_masked_is_where(dtype: str) -> None:
    values = np.array([SPECIAL, SPECIAL[::-1]], dtype=dtype)
    mask = np.array([[True, False, True, False, True, False, False]] * 2)
    found = kernels.masked(mask, values)
    np.testing.assert_array_equal(found, np.where(mask, values, 0))
    assert found.dtype == dtype


def test_masked_broadcasts_a_column() -> None:
    mask = np.array([[True, False], [False, True]])
    found = kernels.masked(mask, np.array([[3.0], [np.nan]]))
    np.testing.assert_array_equal(found, [[3, 0], [0, np.nan]])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_position_of_every_window_of_special_numbers(size: int) -> None:
    a = np.array(list(itertools.product(SPECIAL, repeat=size)))
    for windows in (a, a[~np.isnan(a).any(axis=1)]):
        expected = kernels.one_hot(max_pool.position_of_maximum(windows), windows)
        found = kernels.first_maxima(windows, windows.max(axis=1))
        np.testing.assert_array_equal(found, expected)
        assert found.shape == windows.T.shape


def test_the_last_element_may_be_a_maximum_of_every_window() -> None:
    """Then nothing looks like NaN, and the first of several still wins."""
    a = np.array([[1.0, 0.0, 1.0], [2.0, 2.0, 2.0], [0.0, 3.0, 3.0]])
    found = kernels.first_maxima(a, a.max(axis=1))
    assert found.T.astype(int).tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("maps", [1, kernels.WIDE - 1, kernels.WIDE, 17])
def test_joined_products(maps: int) -> None:
    rng = np.random.default_rng(maps)
    a, dz = (rng.integers(-9, 9, s).astype(float) for s in ((3, 5, 7), (3, maps, 7)))
    np.testing.assert_array_equal(kernels.joined(a, dz), np.einsum("idm,ikm->dk", a, dz))


@pytest.mark.parametrize("inner", [1, 2, 7])
def test_a_product_of_integers_is_exact(inner: int) -> None:
    rng = np.random.default_rng(inner)
    for rows in (5, 1):
        a, b = (rng.integers(-9, 9, s).astype(float) for s in ((rows, inner), (inner, 4)))
        np.testing.assert_array_equal(kernels.product(a, b), a @ b)
        np.testing.assert_array_equal(kernels.product(a.T.copy().T, b.T.copy().T), a @ b)


def test_the_way_back_through_relu() -> None:
    z, dy = np.array(SPECIAL), np.array(SPECIAL[::-1])
    np.testing.assert_array_equal(kernels.rectified(dy, z, z), relu.backward(dy, z, z))
