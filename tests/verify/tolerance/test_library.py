"""The assumption under the bounds of functions: tanh, exp and log err by at most ULP ulp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from verify.tolerance.activation import CALL, ULP

Array = NDArray[Any]
RANGES = {"tanh": (-20.0, 20.0), "exp": (-87.0, 0.0), "log": (1.0, 20.0)}
SIDES: dict[str, Callable[[str, Array], Array]] = {
    "numpy": lambda name, x: getattr(np, name)(x),
    "torch": lambda name, x: getattr(torch, name)(torch.tensor(x)).numpy(),
}


def ulps(result: Array, true: Array) -> float:
    """Largest error in units in the last place of the exact result."""
    nearest = true.astype(result.dtype)
    spacing = np.spacing(np.abs(nearest)).astype(true.dtype)
    return float((np.abs(result.astype(true.dtype) - true) / spacing).max())


def arguments(name: str, dtype: str) -> Array:
    """Uniform over the range, and small numbers of all magnitudes where the range has them."""
    rng = np.random.default_rng(7)
    low, high = RANGES[name]
    x = rng.uniform(low, high, size=20_000)
    small = 10 ** rng.uniform(-30, 0, size=5_000) * (-1.0 if name == "exp" else 1.0)
    return np.concatenate([x, 1 + small if name == "log" else small]).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("side", SIDES)
def test_library_calls_stay_within_the_budget(side: str, name: str, dtype: str) -> None:
    if dtype == "float64" and np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        pytest.skip("this machine has nothing more precise than float64")
    x = arguments(name, dtype)
    wider = np.float64 if dtype == "float32" else np.longdouble
    worst = ulps(SIDES[side](name, x), getattr(np, name)(x.astype(wider)))
    assert 0.4 < worst <= ULP


def test_one_ulp_is_at_most_two_roundings() -> None:
    """ulp(y) <= 2 u |y| for normal y, with equality at powers of two."""
    y = np.concatenate([2.0 ** np.arange(-100, 100), np.geomspace(1e-30, 1e30, 999)])
    y = y.astype("float32")
    assert (np.spacing(y) / y).max() == 2 * 2.0**-24
    assert CALL == 2 * ULP
