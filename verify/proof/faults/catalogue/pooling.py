"""Mistakes in max pooling: which element wins, and where its gradient goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from verify.proof.faults.fault import Fault

Make = Callable[[Any], Any]
pool = partial(Fault, layers="S2 S4", tensor="S2.argmax", variant="modern")
backward = partial(pool, tensor="S4.da")
LINEAR = (("reading", "linear"),)
POSITION, VALUE = "layers.max_pool.position_of_maximum", "layers.max_pool.maximum"
GRADIENT, BACKWARD = "layers.max_pool.window_gradient", "layers.max_pool.backward"


def by_column(position: Any) -> Any:
    """The position in a 2x2 window counted the other way."""
    return position % 2 * 2 + position // 2


def routed(weigh: Callable[[Any], Any]) -> Make:
    """A backward pass that sends dz to the elements of a window by weights made from it."""

    def make(right: Any) -> Any:
        def wrong(x: Any, argmax: Any, dy: Any, window: Any) -> Any:
            da = dy.reshape(-1, 1) * weigh(matrix.windows(x, window)).astype(dy.dtype)
            return {"dz": dy, "da": da, "dx": matrix.from_windows(da, x.shape, window)}

        return wrong

    return make


def largest(a: Any) -> Any:
    """True at every maximum."""
    return a == a.max(axis=1, keepdims=True)


def last_row_missing(right: Any) -> Any:
    """The loop over rows of windows ends one too early."""

    def wrong(x: Any, window: Any) -> Any:
        found = right(x, window)
        z = found["z"].copy()
        z[:, :, -1] = 0
        return {**found, "z": z, "y": z}

    return wrong


def last_row_without_gradient(right: Any) -> Any:
    """The loop over rows of windows ends one too early, backward only."""

    def wrong(x: Any, argmax: Any, dy: Any, window: Any) -> Any:
        found = right(x, argmax, dy, window)
        dx = found["dx"].copy()
        dx[:, :, -window[0] :] = 0
        return {**found, "dx": dx}

    return wrong


def one_based(right: Any) -> Any:
    """Positions counted from 1, as ported from a one-based language."""

    def wrong(x: Any, window: Any) -> Any:
        found = right(x, window)
        return {**found, "argmax": found["argmax"] + 1}

    return wrong


FAULTS = [
    pool(
        "pool-last-maximum",
        "the last of tied maxima wins instead of the first",
        "field notes C26; section 7 of the facts",
        POSITION,
        lambda right: lambda a: a.shape[1] - 1 - a[:, ::-1].argmax(axis=1),
        cause="last-maximum",
        regime="ties",
    ),
    pool(
        "pool-ties-by-column",
        "ties are resolved down the columns of the window",
        "field notes C26",
        POSITION,
        lambda right: lambda a: by_column(a[:, [0, 2, 1, 3]].argmax(axis=1)),
        cause="met-by-column",
        regime="ties",
    ),
    pool(
        "pool-column-major-position",
        "the position in the window is counted column by column",
        "erratum S27",
        POSITION,
        lambda right: lambda a: by_column(right(a)),
        cause="column-major",
    ),
    pool(
        "pool-minimum",
        "the minimum of each window is taken",
        "sign slip",
        POSITION,
        lambda right: lambda a: a.argmin(axis=1),
        cause="argmin",
    ),
    pool(
        "pool-largest-modulus",
        "the element of largest modulus wins; shows only where inputs are negative",
        "experience",
        POSITION,
        lambda right: lambda a: np.abs(a).argmax(axis=1),
        cause="largest-modulus",
        regime="signed",
        options=LINEAR,
    ),
    pool(
        "pool-one-based",
        "positions are counted from 1, so that gradients move on by one element",
        "ported code",
        "layers.max_pool.forward",
        one_based,
        cause="one-based",
    ),
    pool(
        "pool-modulus",
        "the largest modulus is passed on without its sign",
        "experience",
        VALUE,
        lambda right: lambda a, argmax: np.abs(a).max(axis=1),
        tensor="S2.z",
        cause="modulus",
        regime="signed",
        options=LINEAR,
    ),
    pool(
        "pool-starts-at-zero",
        "the search for the maximum starts at 0 instead of minus infinity",
        "experience",
        VALUE,
        lambda right: lambda a, argmax: np.maximum(right(a, argmax), 0),
        tensor="S2.z",
        cause="starts-at-zero",
        regime="signed",
        options=LINEAR,
    ),
    pool(
        "pool-average",
        "windows are averaged forward, routed to the maximum backward",
        "field notes A4",
        VALUE,
        lambda right: lambda a, argmax: a.mean(axis=1),
        tensor="S2.z",
        cause="average",
    ),
    pool(
        "pool-sum",
        "windows are summed as in 1998, routed to the maximum backward",
        "field notes A4",
        VALUE,
        lambda right: lambda a, argmax: a.sum(axis=1),
        tensor="S2.z",
        cause="sum",
    ),
    pool(
        "pool-decimates",
        "every second row and column is kept instead of a maximum",
        "experience",
        VALUE,
        lambda right: lambda a, argmax: a[:, 0],
        tensor="S2.z",
        cause="first-element",
    ),
    pool(
        "pool-last-row-missing",
        "the loop over rows of windows ends one too early",
        "field notes A20, A21",
        "layers.max_pool.forward",
        last_row_missing,
        tensor="S2.z",
        cause="last-windows-missing",
    ),
    backward(
        "pool-all-tied-maxima",
        "every tied maximum receives the whole gradient, as 1(a is the max) says",
        "erratum S25; field notes C26",
        BACKWARD,
        routed(largest),
        cause="all-tied-maxima",
        regime="ties",
    ),
    backward(
        "pool-ties-split",
        "tied maxima share the gradient evenly, as torch's amax does",
        "section 7 of the facts",
        BACKWARD,
        routed(lambda a: largest(a) / largest(a).sum(axis=1, keepdims=True)),
        cause="split-ties",
        regime="zero-bias",
    ),
    backward(
        "pool-gradient-repeated",
        "all four elements receive the whole gradient",
        "field notes C27; erratum S24",
        GRADIENT,
        lambda right: lambda dz, argmax, size: dz[:, None].repeat(size, axis=1),
        cause="repeated",
    ),
    backward(
        "pool-gradient-spread",
        "the gradient is divided evenly over the window, as for an average",
        "field notes C29",
        GRADIENT,
        lambda right: lambda dz, argmax, size: dz[:, None].repeat(size, axis=1) / size,
        cause="spread-evenly",
    ),
    backward(
        "pool-gradient-halved",
        "the gradient is halved on its way to the maximum",
        "factor slip",
        GRADIENT,
        lambda right: lambda dz, argmax, size: right(dz, argmax, size) / 2,
        cause="half",
    ),
    backward(
        "pool-gradient-to-minimum",
        "the gradient goes to the smallest element",
        "sign slip",
        BACKWARD,
        routed(lambda a: np.eye(a.shape[1])[a.argmin(axis=1)]),
        cause="argmin",
    ),
]
