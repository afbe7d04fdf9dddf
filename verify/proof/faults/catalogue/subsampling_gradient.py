"""Mistakes in the backward pass of the trainable subsampling layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from lenet_ref.architecture import Subsampling
from verify.proof.faults.fault import Fault

sub = partial(Fault, layers="S2 S4", variant="1998")
AVERAGE = (("subsampling", "average"),)
DS, DA = "layers.subsampling.sum_gradient", "layers.subsampling.window_gradient"
DW, DB = "layers.subsampling.coefficient_gradient", "layers.subsampling.bias_gradient"
LAYER, BACKWARD = "network.layer_backward", "layers.subsampling.backward"
Change = Callable[[Any, Any, Any], dict[str, Any]]


def with_dy(change: Change) -> Callable[[Any], Any]:
    """Gradients of a subsampling layer changed by what the whole layer knows: forward symbols
    and dy."""

    def make(right: Any) -> Any:
        def wrong(layer: Any, t: Any, dy: Any) -> Any:
            found = right(layer, t, dy)
            return found | change(t, dy, found) if isinstance(layer, Subsampling) else found

        return wrong

    return make


def undifferentiated(t: Any, dy: Any, found: Any) -> Any:
    """ds from dy, and what follows from it."""
    ds = t["W"][:, None, None] * dy
    da = ds.reshape(-1, 1).repeat(4, axis=1)
    return {"ds": ds, "da": da, "dx": matrix.from_windows(da, t["x"].shape, (2, 2))}


def exchanged(right: Any) -> Any:
    """dW and db returned in each other's place; their shapes are equal."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return {**found, "dW": found["db"], "db": found["dW"]}

    return wrong


def to_maximum(right: Any) -> Any:
    """The window's gradient to its largest element only."""

    def wrong(x: Any, s: Any, W: Any, dz: Any, window: Any, reading: str) -> Any:
        found = right(x, s, W, dz, window, reading)
        a = matrix.windows(x, window)
        da = found["da"] * (np.arange(a.shape[1]) == a.argmax(axis=1)[:, None])
        return {**found, "da": da, "dx": matrix.from_windows(da, x.shape, window)}

    return wrong


def per_map(volume: Any) -> Any:
    """Sum over patterns and positions."""
    return volume.sum(axis=(0, 2, 3))


def for_all(number: Any, maps: int) -> Any:
    """One number for all maps, which broadcasting accepts."""
    return np.full(maps, number)


FAULTS = [
    sub(
        "sub-ds-no-coefficient",
        "the gradient passes the coefficient unchanged",
        "section 3 of the facts",
        DS,
        lambda right: lambda dz, W: dz.copy(),
        tensor="S4.ds",
        cause="no-coefficient",
    ),
    sub(
        "sub-ds-neighbour-coefficient",
        "the gradient uses the coefficient of the map before",
        "off by one",
        DS,
        lambda right: lambda dz, W: right(dz, np.roll(W, 1)),
        tensor="S4.ds",
        cause="neighbour's-coefficient",
    ),
    sub(
        "sub-ds-shared-coefficient",
        "the gradient uses the first map's coefficient for all",
        "field notes C4",
        DS,
        lambda right: lambda dz, W: W[0] * dz,
        tensor="S4.ds",
        cause="shared-coefficient",
    ),
    sub(
        "sub-ds-divided",
        "the gradient is divided by the coefficient",
        "inverse taken for the adjoint",
        DS,
        lambda right: lambda dz, W: dz / W[:, None, None],
        tensor="S4.ds",
        cause="divided",
    ),
    sub(
        "sub-ds-without-derivative",
        "the squash's derivative is left out on the way to the window, not for dW and db",
        "field notes C30",
        LAYER,
        with_dy(undifferentiated),
        tensor="S4.ds",
        cause="no-derivative",
    ),
    sub(
        "sub-da-averaged",
        "the sum's gradient is divided by 4 in the backward pass only",
        "field notes A4, C29",
        DA,
        lambda right: lambda ds, scale, size: right(ds, scale / size, size),
        tensor="S4.da",
        cause="averaged",
    ),
    sub(
        "sub-da-averaged-twice",
        "the average's gradient is divided by 4 twice",
        "field notes C29",
        DA,
        lambda right: lambda ds, scale, size: right(ds, scale / size, size),
        tensor="S4.da",
        cause="averaged-twice",
        options=AVERAGE,
    ),
    sub(
        "sub-da-not-averaged",
        "the average's gradient is not divided by 4",
        "field notes A4, C29",
        DA,
        lambda right: lambda ds, scale, size: right(ds, 1.0, size),
        tensor="S4.da",
        cause="summed",
        options=AVERAGE,
    ),
    sub(
        "sub-da-to-first",
        "only the first input of each window receives the gradient",
        "experience",
        DA,
        lambda right: lambda ds, scale, size: right(ds, scale, size) * (np.arange(size) == 0),
        tensor="S4.da",
        cause="first-element",
    ),
    sub(
        "sub-da-to-maximum",
        "only the maximum of each window receives the gradient, as in max pooling",
        "experience",
        BACKWARD,
        to_maximum,
        tensor="S4.da",
        cause="to-maximum",
    ),
    sub(
        "sub-da-tiled",
        "the gradient is tiled where it must be repeated: windows are mixed",
        "experience",
        DA,
        lambda right: lambda ds, scale, size: np.tile(ds * scale, size).reshape(-1, size),
        tensor="S4.da",
        cause="tiled",
    ),
    sub(
        "sub-dW-averaged-positions",
        "the coefficient's gradient is averaged over the positions",
        "field notes C30",
        DW,
        lambda right: lambda s, dz: (dz * s).mean(axis=(2, 3)).sum(axis=0),
        tensor="S4.dW",
        cause="averaged-over-positions",
    ),
    sub(
        "sub-dW-averaged",
        "the coefficient's gradient is averaged over batch and positions",
        "field notes C30",
        DW,
        lambda right: lambda s, dz: (dz * s).mean(axis=(0, 2, 3)),
        tensor="S4.dW",
        cause="averaged-over-rows",
    ),
    sub(
        "sub-dW-without-derivative",
        "the coefficient's gradient uses dy: the squash's derivative is missing",
        "field notes C30",
        LAYER,
        with_dy(lambda t, dy, found: {"dW": per_map(dy * t["s"])}),
        tensor="S4.dW",
        cause="no-derivative",
    ),
    sub(
        "sub-dW-of-average",
        "the coefficient's gradient takes the window's average for its sum",
        "section 3 of the facts",
        DW,
        lambda right: lambda s, dz: right(s / 4, dz),
        tensor="S4.dW",
        cause="window-average",
    ),
    sub(
        "sub-dW-of-output",
        "the coefficient's gradient takes the layer's output for its window sums",
        "field notes C23",
        LAYER,
        with_dy(lambda t, dy, found: {"dW": per_map(found["dz"] * t["y"])}),
        tensor="S4.dW",
        cause="output-for-sum",
    ),
    sub(
        "sub-dW-of-pre-activation",
        "the coefficient's gradient takes z for s",
        "field notes C21",
        LAYER,
        with_dy(lambda t, dy, found: {"dW": per_map(found["dz"] * t["z"])}),
        tensor="S4.dW",
        cause="pre-activation-for-sum",
    ),
    sub(
        "sub-dW-times-coefficient",
        "the coefficient's gradient is multiplied by the coefficient",
        "product rule slip",
        LAYER,
        with_dy(lambda t, dy, found: {"dW": t["W"] * found["dW"]}),
        tensor="S4.dW",
        cause="times-coefficient",
    ),
]
