"""Mistakes in the windows of both kinds of pooling, and what is left of max pooling's gradient."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.catalogue.pooling import (
    BACKWARD,
    GRADIENT,
    backward,
    by_column,
    last_row_without_gradient,
    routed,
)
from verify.proof.faults.fault import Fault

gather = partial(Fault, layers="S2 S4", tensor="S2.a")
WINDOWS, BACK = "matrix.windows", "matrix.from_windows"


def interleaved(x: Any, window: Any) -> Any:
    """Height split as (kh, H/kh) where (H/kh, kh) is meant."""
    n, c, h, w = x.shape
    kh, kw = window
    blocks = x.reshape(n, c, kh, h // kh, kw, w // kw)
    return blocks.transpose(0, 1, 3, 5, 2, 4).reshape(-1, kh * kw)


def columns_first(x: Any, window: Any) -> Any:
    """Windows listed down the columns of the image."""
    n, c, h, w = x.shape
    kh, kw = window
    blocks = x.reshape(n, c, h // kh, kh, w // kw, kw)
    return blocks.transpose(0, 1, 4, 2, 3, 5).reshape(-1, kh * kw)


def overlapping(x: Any, window: Any) -> Any:
    """Windows one step apart, the stride forgotten."""
    kh, kw = window
    h, w = x.shape[2:]
    every = np.lib.stride_tricks.sliding_window_view(x, window, axis=(2, 3))
    return every[:, :, : h // kh, : w // kw].reshape(-1, kh * kw)


def tiled(da: Any, shape: Any, window: Any) -> Any:
    """Copies of the small map side by side: np.tile where np.repeat is meant."""
    n, c, h, w = shape
    kh, kw = window
    return np.tile(da[:, 0].reshape(n, c, h // kh, w // kw), (1, 1, kh, kw))


def assigned(da: Any, shape: Any, window: Any) -> Any:
    """One strided assignment for each element of the window."""
    n, c, h, w = shape
    kh, kw = window
    dx = np.empty(shape, dtype=da.dtype)
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u::kh, v::kw] = da[:, u * kw + v].reshape(n, c, h // kh, w // kw)
    return dx


FAULTS = [
    gather(
        "windows-transposed",
        "the elements of a window are listed column by column",
        "erratum S27",
        WINDOWS,
        lambda right: lambda x, window: right(x, window)[:, [0, 2, 1, 3]],
        cause="window-transposed",
    ),
    gather(
        "windows-transposed-1998",
        "the elements of a window are listed column by column; their sum does not show it",
        "erratum S27",
        WINDOWS,
        lambda right: lambda x, window: right(x, window)[:, [0, 2, 1, 3]],
        cause="window-transposed",
        variant="1998",
    ),
    gather(
        "windows-shifted",
        "windows start one row and one column too late",
        "off by one",
        WINDOWS,
        lambda right: lambda x, window: right(np.roll(x, (-1, -1), axis=(2, 3)), window),
        cause="windows-shifted",
    ),
    gather(
        "windows-shifted-1998",
        "windows start one column too late",
        "off by one",
        WINDOWS,
        lambda right: lambda x, window: right(np.roll(x, -1, axis=3), window),
        cause="windows-shifted",
        variant="1998",
    ),
    gather(
        "windows-overlap",
        "the stride of the windows is 1",
        "experience",
        WINDOWS,
        lambda right: overlapping,
        cause="overlapping-windows",
    ),
    gather(
        "windows-overlap-1998",
        "the stride of the windows is 1",
        "experience",
        WINDOWS,
        lambda right: overlapping,
        cause="overlapping-windows",
        variant="1998",
    ),
    gather(
        "windows-interleaved",
        "the reshape that makes windows has its axes in the wrong order",
        "experience",
        WINDOWS,
        lambda right: interleaved,
        cause="interleaved",
        variant="1998",
    ),
    gather(
        "windows-down-columns",
        "windows are listed down the columns of the image",
        "erratum S27",
        WINDOWS,
        lambda right: columns_first,
        cause="positions-transposed",
    ),
    backward(
        "pool-gradient-by-column",
        "the gradient goes to the position counted column by column",
        "erratum S27",
        GRADIENT,
        lambda right: lambda dz, argmax, size: right(dz, by_column(argmax), size),
        cause="column-major",
    ),
    backward(
        "pool-gradient-to-first",
        "the gradient always goes to the first element: the argmax was not kept",
        "experience",
        GRADIENT,
        lambda right: lambda dz, argmax, size: right(dz, 0 * argmax, size),
        cause="first-element",
    ),
    backward(
        "pool-gradient-times-value",
        "the mask holds the maximum itself instead of 1",
        "erratum S24",
        BACKWARD,
        routed(lambda a: a * (np.arange(a.shape[1]) == a.argmax(axis=1)[:, None])),
        cause="times-value",
    ),
    backward(
        "pool-mask-inverted",
        "every element but the maximum receives the gradient",
        "sign slip",
        BACKWARD,
        routed(lambda a: np.arange(a.shape[1]) != a.argmax(axis=1)[:, None]),
        cause="others",
    ),
    backward(
        "pool-gradient-ties-last",
        "the forward pass keeps the first of tied maxima, the backward pass the last",
        "field notes C26",
        BACKWARD,
        routed(lambda a: np.eye(4)[3 - a[:, ::-1].argmax(axis=1)]),
        cause="last-maximum",
        regime="ties",
    ),
    backward(
        "pool-scatter-transposed",
        "windows are put back column by column",
        "erratum S27",
        BACK,
        lambda right: lambda da, shape, window: right(da[:, [0, 2, 1, 3]], shape, window),
        tensor="S4.dx",
        cause="window-transposed",
    ),
    backward(
        "pool-last-row-without-gradient",
        "the backward loop over rows of windows ends one too early; at S2 nothing arrives there",
        "field notes A20",
        BACKWARD,
        last_row_without_gradient,
        layers="S4",
        tensor="S4.dx",
        cause="last-windows-missing",
    ),
    backward(
        "pool-no-gradient",
        "the gradient is allocated and never filled; S2 then has nothing to pass on",
        "field notes C17",
        GRADIENT,
        lambda right: lambda dz, argmax, size: np.zeros((len(dz), size), dtype=dz.dtype),
        layers="S4",
        cause="zero",
    ),
    Fault(
        "sub-upsampled-by-tile",
        "the gradient is spread by tile instead of repeat",
        "experience",
        BACK,
        lambda right: tiled,
        layers="S2 S4",
        tensor="S4.dx",
        cause="tiled",
        variant="1998",
    ),
    Fault(
        "pool-scatter-assigns",
        "windows are put back by assignment instead of addition",
        "field notes C11",
        BACK,
        lambda right: assigned,
        equivalent="Windows do not overlap: every element of dx belongs to exactly one window, "
        "so that assigning and adding to zero give the same bits.",
    ),
]
