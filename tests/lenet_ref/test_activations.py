"""Activations against 40-digit arithmetic and the paper's published facts."""

from __future__ import annotations

from types import ModuleType

import mpmath
import numpy as np
import pytest

from lenet_ref.activations import identity, logistic, relu, relu_one_at_zero, squash, tanh
from tests.loops import Array

POINTS = [-7.5, -1.0, -0.3, 0.0, 1e-9, 0.25, 1.0, 2.0, 6.0]
SMOOTH = {"squash": squash, "logistic": logistic, "tanh": tanh}
smooth = pytest.mark.parametrize("name", list(SMOOTH))


def _exact(name: str, z: mpmath.mpf) -> mpmath.mpf:
    """The definitions, in whatever precision mpmath works."""
    if name == "squash":
        return mpmath.mpf("1.7159") * mpmath.tanh(2 * z / 3)
    return mpmath.tanh(z) if name == "tanh" else 1 / (1 + mpmath.exp(-z))


def _derivative(module: ModuleType, z: Array) -> Array:
    dy = np.ones_like(z)
    return np.asarray(module.backward(dy, z, module.forward(z)))


@smooth
@pytest.mark.parametrize("z", POINTS)
def test_value_and_derivative(name: str, z: float) -> None:
    module = SMOOTH[name]
    with mpmath.workdps(40):
        y = float(_exact(name, mpmath.mpf(z)))
        slope = float(mpmath.diff(lambda t: _exact(name, t), mpmath.mpf(z)))
    assert float(module.forward(np.array([z]))[0]) == pytest.approx(y, rel=4e-16, abs=0)
    # 1 - y^2 cancels: what is lost is relative to 1, not to the slope
    assert float(_derivative(module, np.array([z]))[0]) == pytest.approx(slope, rel=0, abs=1e-15)


def test_squash_at_the_origin() -> None:
    """f'(0) = A S = 1.1439333..., not the 1.14393 some code types in."""
    slope = float(_derivative(squash, np.zeros(1))[0])
    assert slope == pytest.approx(1.7159 * 2 / 3, rel=3e-16)
    assert slope == pytest.approx(1.143933333333, abs=5e-13)


def test_squash_at_one_and_beyond() -> None:
    """f(1) = 0.99999726, not 1; the asymptote is A."""
    assert float(squash.forward(np.ones(1))[0]) == pytest.approx(0.99999726, abs=5e-9)
    assert squash.forward(np.array([-900.0, 900.0])).tolist() == [-1.7159, 1.7159]


def test_squash_bends_most_at_0_98772() -> None:
    """|f''| peaks at 0.98772 (not at 1): a wrong S or A in f' moves the peak or its height."""
    z = np.linspace(0.9, 1.1, 20001)
    bend = np.abs(np.diff(_derivative(squash, z)))
    assert z[bend.argmax()] == pytest.approx(0.98772, abs=2e-4)


@smooth
def test_large_arguments_stay_finite(name: str) -> None:
    module = SMOOTH[name]
    z = np.array([-1e4, -600.0, 600.0, 1e4])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, dz = module.forward(z), _derivative(module, z)
    assert np.isfinite(y).all()
    np.testing.assert_allclose(dz, 0, atol=1e-15)
    assert y[0] <= y[1] < y[2] <= y[3]


def test_logistic_is_no_squash() -> None:
    assert logistic.forward(np.array([0.0, np.log(3.0), -np.log(3.0)])) == pytest.approx(
        [0.5, 0.75, 0.25]
    )


def test_logistic_keeps_small_tails() -> None:
    assert float(logistic.forward(np.array([-700.0]))[0]) == pytest.approx(
        float(mpmath.exp(-700)), rel=1e-14
    )


def test_relu_values_and_kink() -> None:
    """relu'(0) = relu'(-0.0) = 0, as PyTorch has it (erratum S22)."""
    z = np.array([-2.0, -0.0, 0.0, 5e-324, 3.0])
    y = relu.forward(z)
    assert y.tolist() == [0, 0, 0, 5e-324, 3]
    assert relu.backward(np.full(5, 7.0), z, y).tolist() == [0, 0, 0, 7, 7]


def test_the_other_side_of_the_kink() -> None:
    """relu'(0) = relu'(-0.0) = 1, and nothing else is different."""
    z = np.array([-3.0, -0.0, 0.0, 2.0, 1e-300])
    y = relu_one_at_zero.forward(z)
    assert y.tolist() == relu.forward(z).tolist()
    assert relu_one_at_zero.backward(np.full(5, 7.0), z, y).tolist() == [0, 7, 7, 7, 7]


def test_relu_blocks_even_infinite_gradients() -> None:
    z = np.array([-1.0, 0.0, 1.0])
    dz = relu.backward(np.array([np.inf, np.nan, -4.0]), z, relu.forward(z))
    assert dz.tolist() == [0, 0, -4]


def test_relu_mask_is_of_z_not_of_the_gradient() -> None:
    z, dy = np.array([1.0, -1.0]), np.array([-5.0, 5.0])
    assert relu.backward(dy, z, relu.forward(z)).tolist() == [-5, 0]


def test_identity() -> None:
    z, dy = np.array([-1.0, 2.0]), np.array([3.0, -4.0])
    assert identity.forward(z).tolist() == [-1, 2]
    assert identity.backward(dy, z, z).tolist() == [3, -4]


@pytest.mark.parametrize("module", [relu, identity, *SMOOTH.values()], ids=lambda m: m.__name__)
@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_upstream_used_nothing_changed(module: ModuleType, dtype: str) -> None:
    z, dy = np.array([-0.5, 0.5], dtype=dtype), np.array([2.0, -8.0], dtype=dtype)
    z.setflags(write=False)
    dy.setflags(write=False)
    y = module.forward(z)
    dz = module.backward(dy, z, y)
    assert (y.dtype, dz.dtype) == (np.dtype(dtype), np.dtype(dtype))
    slope = module.backward(np.ones_like(dy), z, y)
    np.testing.assert_array_equal(dz, slope * dy)
