"""Mistakes in the code of the trainable subsampling layers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from lenet_ref.architecture import Subsampling
from verify.proof.faults.fault import Fault

sub = partial(Fault, layers="S2 S4", variant="1998")
S = "layers.subsampling."
Z, BACKWARD, LAYER = S + "pre_activation", S + "backward", "network.layer_backward"


def undifferentiated(right: Any) -> Any:
    """ds from dy, and what follows from it."""

    def wrong(layer: Any, t: Any, dy: Any) -> Any:
        found = right(layer, t, dy)
        if not isinstance(layer, Subsampling):
            return found
        ds = t["W"][:, None, None] * dy
        da = ds.reshape(-1, 1).repeat(4, axis=1)
        dx = matrix.from_windows(da, t["x"].shape, (2, 2), None)
        return {**found, "ds": ds, "da": da, "dx": dx}

    return wrong


def exchanged(right: Any) -> Any:
    """dW and db returned in each other's place; their shapes are equal."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return {**found, "dW": found["db"], "db": found["dW"]}

    return wrong


def to_maximum(right: Any) -> Any:
    """The window's gradient to its largest element only."""

    def wrong(x: Any, s: Any, W: Any, dz: Any, window: Any, reading: str, stride: Any) -> Any:
        found = right(x, s, W, dz, window, reading, stride)
        a = matrix.windows(x, window, stride)
        da = found["da"] * (np.arange(a.shape[1]) == a.argmax(axis=1)[:, None])
        return {**found, "da": da, "dx": matrix.from_windows(da, x.shape, window, stride)}

    return wrong


FAULTS = [
    sub("sub-averages", "windows are averaged, forward and backward (section II-A for II-B)",
        "field notes A4", S + "window_scale", lambda right: lambda reading, window: 0.25,
        tensor="S2.s", cause="averaged"),
    sub("sub-no-coefficient", "the trainable coefficient is ignored", "field notes A5", Z,
        lambda right: lambda s, W, b: s + b[:, None, None], tensor="S2.z",
        cause="no-coefficient"),
    sub("sub-parameters-swapped", "coefficient and bias are exchanged; their shapes are equal",
        "argument order", Z, lambda right: lambda s, W, b: right(s, b, W), tensor="S2.z",
        cause="swapped-parameters"),
    sub("sub-ds-without-derivative",
        "the squash's derivative is left out on the way to the window, not for dW and db",
        "field notes C30", LAYER, undifferentiated, tensor="S4.ds", cause="no-derivative"),
    sub("sub-da-to-maximum",
        "only the maximum of each window receives the gradient, as in max pooling",
        "experience", BACKWARD, to_maximum, tensor="S4.da", cause="to-maximum"),
    sub("sub-dW-of-average", "the coefficient's gradient takes the window's average for its sum",
        "section 3 of the facts", S + "coefficient_gradient",
        lambda right: lambda s, dz: right(s / 4, dz), tensor="S4.dW", cause="window-average"),
    sub("sub-dW-db-exchanged", "the gradients of coefficient and bias are exchanged",
        "argument order", BACKWARD, exchanged, tensor="S4.dW", cause="swapped"),
    sub("sub-db-averaged", "the bias gradient is averaged over batch and positions",
        "field notes C1; erratum S17", S + "bias_gradient",
        lambda right: lambda dz: dz.mean(axis=(0, 2, 3)), tensor="S4.db",
        cause="averaged-over-rows"),
]  # fmt: skip
