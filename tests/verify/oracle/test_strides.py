"""Pooling at any stride: derivation, oracle, truth and fast path against one walk over windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lenet_ref import network
from lenet_ref.architecture import Architecture, MaxPool, Subsampling
from lenet_ref.fast.gradients import LAYERS as FAST
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.max_pool import TIES
from lenet_ref.specs.pool import Pool
from tests import loops
from tests.loops import Array, Pair, integers
from verify.expected.shapes import shapes
from verify.expected.steps import steps
from verify.judge.trace import to_torch
from verify.oracle.evaluation import Evaluation
from verify.oracle.free_run import free_run
from verify.truth.formulas import FORMULAS
from verify.truth.inputs import Inputs

GEOMETRY: list[tuple[Pair, Pair, Pair]] = [
    ((7, 11), (3, 4), (2, 3)),
    ((8, 9), (3, 3), (1, 1)),
    ((9, 13), (2, 3), (3, 4)),
    ((5, 8), (2, 3), (2, 3)),
    ((6, 10), (2, 3), (1, 4)),
]
geometry = pytest.mark.parametrize(("size", "window", "stride"), GEOMETRY, ids=str)


def winners(values: list[float], ties: str, window: Pair) -> list[int]:
    """Places to which the gradient goes."""
    tied = [k for k, value in enumerate(values) if value == max(values)]
    if ties in ("all", "divided"):
        return tied
    if ties == "column-major":
        return [min(tied, key=lambda k: (k % window[1], k // window[1]))]
    return [tied[-1] if ties == "last" else tied[0]]


def walked(layer: MaxPool, x: Array, dz: Array) -> dict[str, Array]:
    """argmax, z, da and dx window by window."""
    found: dict[str, Any] = {"argmax": [], "z": [], "da": [], "dx": np.zeros(x.shape)}
    for n, c, i, j in loops.pooling_positions(x.shape, layer.window, layer.step):
        values = loops.window(x, n, c, i, j, layer.window, layer.step)
        places = loops.window_places(n, c, i, j, layer.window, layer.step)
        won = winners(values, layer.ties, layer.window)
        share = dz[n, c, i, j] / (len(won) if layer.ties == "divided" else 1)
        row = [share if k in won else 0.0 for k in range(len(values))]
        for value, place in zip(row, places, strict=True):
            found["dx"][place] += value
        found["argmax"].append(won[0])
        found["z"].append(max(values))
        found["da"].append(row)
    return {k: np.array(v).reshape(dz.shape if k in ("argmax", "z") else np.shape(v))
            for k, v in found.items()}  # fmt: skip


def opinions(layer: Pool, x: Array, dy: Array) -> dict[str, dict[str, Array]]:
    """What each part of the project says of a layer without parameters."""
    arch = Architecture("options", (layer,), None)
    ours = network.run(arch, {}, x, None, dy)
    base = {"images": to_torch(x), "upstream": to_torch(dy)}
    table, shape = steps(arch, True), shapes(arch, len(x))
    evaluation = Evaluation(table, shape, base, None, torch.float64)
    oracle = {s.symbol: evaluation.value(s.tensor).numpy() for s in table}
    free = free_run(arch, {}, base["images"], None, base["upstream"])
    truth = {}
    for step in (s for s in table if s.op != "link"):
        inputs = [np.asarray(ours[name]) for name in step.inputs]
        truth[step.symbol] = FORMULAS[step.op](Inputs(step, inputs, shape[step.tensor], None, 0))
    _, back = FAST[layer.family].pulled(layer, x.transpose(1, 2, 3, 0).copy(), {})
    quick = back(dy.transpose(1, 2, 3, 0).copy())[0].transpose(3, 0, 1, 2)
    return {
        "lenet_ref": {k.split(".")[1]: np.asarray(v) for k, v in ours.items()},
        "oracle": oracle,
        "free run": {k.split(".")[1]: v.detach().numpy() for k, v in free.items()},
        "truth": truth,
        "fast": {"dx": quick},
    }


@geometry
@pytest.mark.parametrize("ties", TIES)
def test_ties_under_overlap(ties: str, size: Pair, window: Pair, stride: Pair) -> None:
    """Numbers from -1 to 1: nearly every window has several maxima."""
    layer = MaxPool("S2", 2, size, window, ties, stride=stride)
    x = integers((2, 2, *size), 1, -1, 1)
    dz = integers((2, *layer.output_shape), 2) * 60  # divides by up to 6
    expected = walked(layer, x, dz)
    for who, found in opinions(layer, x, dz).items():
        for symbol in expected.keys() & found.keys():
            np.testing.assert_allclose(
                found[symbol], expected[symbol], rtol=1e-12, atol=1e-12, err_msg=f"{who} {symbol}"
            )


@geometry
def test_averages(size: Pair, window: Pair, stride: Pair) -> None:
    layer = AveragePool("S2", 2, size, window, stride=stride)
    x, dz = integers((2, 2, *size), 3), integers((2, *layer.output_shape), 4)
    rows = np.array(loops.pooling_windows(x, window, stride))
    da = np.repeat(dz.reshape(-1, 1) / rows.shape[1], rows.shape[1], axis=1)
    dx = np.zeros(x.shape)
    for row, at in zip(da, loops.pooling_positions(x.shape, window, stride), strict=True):
        for value, place in zip(row, loops.window_places(*at, window, stride), strict=True):
            dx[place] += value
    expected = {"a": rows, "z": rows.mean(axis=1).reshape(dz.shape), "da": da, "dx": dx}
    for who, found in opinions(layer, x, dz).items():
        for symbol in expected.keys() & found.keys():
            np.testing.assert_allclose(found[symbol], expected[symbol], rtol=1e-12, atol=1e-12,
                                       err_msg=f"{who} {symbol}")  # fmt: skip


@geometry
@pytest.mark.parametrize("reading", ["sum", "average"])
def test_subsampling(reading: str, size: Pair, window: Pair, stride: Pair) -> None:
    """With a coefficient of 1 and no bias it is average pooling, times the window or not."""
    layer = Subsampling("S2", 2, size, window, reading, "identity", stride=stride)
    plain = AveragePool("S2", 2, size, window, stride=stride)
    x, dz = integers((2, 2, *size), 3), integers((2, *layer.output_shape), 4)
    arch, p = Architecture("options", (layer,), None), {"S2.W": np.ones(2), "S2.b": np.zeros(2)}
    found = network.run(arch, p, x, None, dz)
    other = network.run(Architecture("options", (plain,), None), {}, x, None, dz)
    factor = window[0] * window[1] if reading == "sum" else 1
    for symbol in ("z", "da", "dx"):
        np.testing.assert_allclose(
            found[f"S2.{symbol}"], factor * other[f"S2.{symbol}"], rtol=1e-12, atol=1e-12
        )
    assert found["S2.dW"] == pytest.approx((found["S2.s"] * dz).sum(axis=(0, 2, 3)))
