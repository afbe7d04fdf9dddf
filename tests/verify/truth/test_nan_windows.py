"""NaN in a pooling window: reference, PyTorch and truth agree on who wins, forward and backward."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lenet_ref.architecture import MaxPool
from lenet_ref.layers import max_pool
from tests.loops import Array, Pair
from verify.expected.step import Step
from verify.truth.formulas import FORMULAS
from verify.truth.inputs import Inputs

SIZES = [(2, 2), (2, 3)]


def every_choice(size: Pair) -> Array:
    """One image and map, a row of windows: NaN in every subset of the places of a window."""
    kh, kw = size
    numbers = np.array([1.0, -2.0, 1.0, 0.0, -0.0, 1.0])[: kh * kw]
    windows = [np.where(spoiled, np.nan, numbers) for spoiled in product((0, 1), repeat=kh * kw)]
    return np.concatenate([w.reshape(kh, kw) for w in windows], axis=1)[None, None]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_last_wins_as_in_pytorch(size: Pair, dtype: type) -> None:
    x = every_choice(size).astype(dtype)
    ours = max_pool.forward(x, size)
    theirs = torch.from_numpy(x.copy()).requires_grad_()
    y, places = F.max_pool2d(theirs, size, return_indices=True)
    dy = np.arange(1, y.numel() + 1, dtype=dtype).reshape(y.shape)
    y.backward(torch.from_numpy(dy))
    dx = max_pool.backward(x, ours["argmax"], dy, size)["dx"]
    row, column = np.divmod(places.numpy(), x.shape[3])
    np.testing.assert_array_equal(ours["argmax"], row * size[1] + column % size[1])
    np.testing.assert_array_equal(ours["y"], y.detach().numpy())
    np.testing.assert_array_equal(dx, theirs.grad)
    for name, expected in {"argmax": ours["argmax"], "z": ours["z"], "dx": dx}.items():
        np.testing.assert_array_equal(truth(name, size, x, dy), expected)


def truth(name: str, size: Pair, x: Array, dy: Array) -> Array:
    """The truth's formula of a tensor of a pooling layer."""
    op = f"max_pool.{name}"
    height, width = x.shape[2] // size[0], x.shape[3] // size[1]
    spec = MaxPool("S2", 1, (height, width), size)
    step = Step(f"S2.{name}", op, ("S2.x", "S2.dy"), spec, "")
    return FORMULAS[op](Inputs(step, [x, dy], x.shape, None, 0.0))


def test_among_windows_without_nan() -> None:
    """One spoiled window changes no other."""
    a = np.array([[3.0, 3.0, 1.0, 0.0], [np.nan, 5.0, np.nan, 1.0], [-0.0, 0.0, -1.0, 0.0]])
    assert max_pool.position_of_maximum(a).tolist() == [0, 2, 0]
    assert max_pool.position_of_maximum(a[[0, 2]]).tolist() == [0, 0]
