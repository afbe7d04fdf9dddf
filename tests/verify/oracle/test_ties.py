"""Ties in a pooling window: four evaluations agree on who gets the gradient, for each choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from lenet_ref.architecture import MaxPool
from lenet_ref.fast import max_pool as fast
from lenet_ref.layers import max_pool
from lenet_ref.specs.max_pool import SHARED, TIES
from tests.loops import Array, Pair
from verify.expected.step import Step
from verify.oracle import max_pool as oracle
from verify.truth.formulas import FORMULAS
from verify.truth.inputs import Inputs

SIZES = [(2, 2), (2, 3), (3, 2)]


def every_tie(size: Pair) -> Array:
    """Two maps of windows: the maximum, as 0.0 or -0.0, in every subset of a window's places."""
    kh, kw = size
    low = -1.0 - np.arange(kh * kw)
    zeros = np.where(np.arange(kh * kw) % 2, 0.0, -0.0)
    chosen = [np.where(on, zeros, low) for on in product((0, 1), repeat=kh * kw)]
    row = np.concatenate([w.reshape(kh, kw) for w in chosen], axis=1)
    return np.stack([row, row[:, ::-1]])[None]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("ties", TIES)
def test_all_agree(ties: str, size: Pair, dtype: type) -> None:
    x = every_tie(size).astype(dtype)
    layer = MaxPool("S2", 2, (x.shape[2], x.shape[3]), size, ties)
    t = {"x": x, **max_pool.layer_forward(layer, x, {})}
    dy = np.arange(1, t["y"].size + 1, dtype=dtype).reshape(t["y"].shape)
    ours = max_pool.layer_backward(layer, t, dy)

    theirs = torch.from_numpy(x.copy()).requires_grad_()
    oracle.pool(theirs, layer).backward(torch.from_numpy(dy))
    assert theirs.grad is not None
    np.testing.assert_array_equal(ours["dx"], theirs.grad.numpy())
    np.testing.assert_array_equal(t["argmax"], oracle.position(torch.from_numpy(x), layer))
    if ties in SHARED:
        share = oracle.shares(torch.from_numpy(x), layer).numpy()
        np.testing.assert_allclose(ours["da"], share * dy.reshape(-1, 1), rtol=1e-6)

    _, back = fast.pulled(layer, x.transpose(1, 2, 3, 0).copy(), {})
    quick = back(dy.transpose(1, 2, 3, 0).copy())[0].transpose(3, 0, 1, 2)
    np.testing.assert_array_equal(quick, ours["dx"])
    assert ours["dx"].dtype == dtype
    for name, expected in {"argmax": t["argmax"], "da": ours["da"], "dx": ours["dx"]}.items():
        step = Step(f"S2.{name}", f"max_pool.{name}", ("S2.x", "S2.dy"), layer, "")
        found = FORMULAS[step.op](Inputs(step, [x, dy], expected.shape, None, 0.0))
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_two_choices_are_the_same(size: Pair) -> None:
    x = torch.from_numpy(every_tie(size))
    found = []
    for ties in TIES:
        leaf = x.clone().requires_grad_()
        oracle.pool(leaf, MaxPool("S2", 2, (x.shape[2], x.shape[3]), size, ties)).sum().backward()
        assert leaf.grad is not None
        found.append(leaf.grad.numpy().tobytes())
    assert len(set(found)) == len(TIES)
