"""Mistakes in the code of pooling: windows of both kinds, which element wins, its gradient."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from verify.proof.faults.fault import Fault

pool = partial(Fault, layers="S2 S4")
P, LINEAR = "layers.max_pool.", (("reading", "linear"),)
WINDOWS, BACK = "matrix.windows", "matrix.from_windows"


def one_based(right: Any) -> Any:
    """Positions counted from 1, as ported from a one-based language."""

    def wrong(*given: Any) -> Any:
        found = right(*given)
        return {**found, "argmax": found["argmax"] + 1}

    return wrong


def to_every_maximum(x: Any, argmax: Any, dy: Any, window: Any, stride: Any) -> Any:
    """A backward pass that sends dz to every element that is as large as the maximum."""
    a = matrix.windows(x, window, stride)
    da = dy.reshape(-1, 1) * (a == a.max(axis=1, keepdims=True)).astype(dy.dtype)
    return {"dz": dy, "da": da, "dx": matrix.from_windows(da, x.shape, window, stride)}


def tiled(da: Any, shape: Any, window: Any, stride: Any) -> Any:
    """Copies of the small map side by side: np.tile where np.repeat is meant."""
    n, c, h, w = shape
    kh, kw = window
    return np.tile(da[:, 0].reshape(n, c, h // kh, w // kw), (1, 1, kh, kw))


def assigned(da: Any, shape: Any, window: Any, stride: Any) -> Any:
    """One strided assignment for each element of the window."""
    n, c, h, w = shape
    kh, kw = window
    dx = np.empty(shape, dtype=da.dtype)
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u::kh, v::kw] = da[:, u * kw + v].reshape(n, c, h // kh, w // kw)
    return dx


FAULTS = [
    pool("windows-transposed", "the elements of a window are listed column by column",
         "erratum S27", WINDOWS,
         lambda right: lambda x, *how: right(x, *how)[:, [0, 2, 1, 3]], tensor="S2.a",
         cause="window-transposed"),
    pool("windows-shifted-1998", "windows start one column too late", "off by one", WINDOWS,
         lambda right: lambda x, *how: right(np.roll(x, -1, axis=3), *how), tensor="S2.a",
         cause="windows-shifted", variant="1998"),
    pool("pool-last-maximum", "the last of tied maxima wins instead of the first",
         "field notes C26; section 7 of the facts", P + "position_of_maximum",
         lambda right: lambda a: a.shape[1] - 1 - a[:, ::-1].argmax(axis=1), tensor="S2.argmax",
         cause="last-maximum", regime="ties"),
    pool("pool-one-based", "positions are counted from 1, so that gradients move on by one",
         "ported code", P + "forward", one_based, tensor="S2.argmax", cause="one-based"),
    pool("pool-modulus", "the largest modulus is passed on without its sign", "experience",
         P + "maximum", lambda right: lambda a, argmax: np.abs(a).max(axis=1), tensor="S2.z",
         cause="modulus", regime="signed", options=LINEAR),
    pool("pool-all-tied-maxima", "every tied maximum receives the whole gradient",
         "erratum S25; field notes C26", P + "backward", lambda right: to_every_maximum,
         tensor="S4.da", cause="all-tied-maxima", regime="ties"),
    pool("pool-scatter-transposed", "windows are put back column by column", "erratum S27", BACK,
         lambda right: lambda da, *how: right(da[:, [0, 2, 1, 3]], *how),
         tensor="S4.dx", cause="window-transposed"),
    pool("sub-upsampled-by-tile", "the gradient is spread by tile instead of repeat",
         "experience", BACK, lambda right: tiled, tensor="S4.dx", cause="tiled", variant="1998"),
    Fault("pool-scatter-assigns", "windows are put back by assignment instead of addition",
          "field notes C11", BACK, lambda right: assigned,
          equivalent="Windows do not overlap: every element of dx belongs to exactly one window, "
          "so that assigning and adding to zero give the same bits."),
]  # fmt: skip
