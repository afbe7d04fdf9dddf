"""Mistaken formulas of max pooling, forward."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING
from verify.mistakes.alternatives.windows import (
    counted_by_column,
    last,
    like,
    met_by_column,
    windows,
)
from verify.mistakes.hypothesis import Evidence


def largest_modulus(a: Tensor) -> Tensor:
    """The element of largest modulus in each row."""
    return a.gather(1, a.abs().argmax(dim=1, keepdim=True))[:, 0]


def without_last(e: Evidence, dim: int) -> Tensor:
    """The oracle's result with the last row or column of windows left at zero."""
    return e.oracle.index_fill(dim, torch.tensor([e.oracle.shape[dim] - 1]), 0.0)


def at_argmax(e: Evidence) -> Tensor:
    """The elements of the subject's a where its argmax points, if that is inside the window."""
    places, a = e["argmax"].reshape(-1, 1).long(), e["a"]
    inside = bool(((places >= 0) & (places < a.shape[1])).all())
    return like(e, a.gather(1, places)) if inside else NOTHING


FIRST = "the first maximum in row-major order wins"

ALTERNATIVES = {
    "max_pool.argmax": (
        Entry(
            "last-maximum",
            f"names the last of tied maxima; {FIRST} (erratum S25)",
            lambda e: like(e, last(windows(e, e["x"]))),
        ),
        Entry(
            "met-by-column",
            f"names the tied maximum that is first down the columns; {FIRST}",
            lambda e: like(e, met_by_column(e, windows(e, e["x"]))),
        ),
        Entry(
            "column-major",
            "counts the position in the window column by column; it is row-major",
            lambda e: like(e, counted_by_column(e, windows(e, e["x"]))),
        ),
        Entry(
            "argmin",
            "is the position of the minimum; the layer takes the maximum",
            lambda e: like(e, windows(e, e["x"]).argmin(dim=1)),
        ),
        Entry(
            "largest-modulus",
            "is the position of the largest modulus; the layer compares signed values",
            lambda e: like(e, windows(e, e["x"]).abs().argmax(dim=1)),
        ),
        Entry(
            "follows-from-a",
            "is the first maximum in each row of this layer's a, which is wrong",
            lambda e: like(e, e["a"].argmax(dim=1)),
        ),
        Entry(
            "one-based",
            "counts positions from 1; they are counted from 0",
            lambda e: e.oracle + 1,
        ),
    ),
    "max_pool.z": (
        Entry(
            "minimum",
            "equals the minimum of each window; the layer takes the maximum",
            lambda e: like(e, windows(e, e["x"]).amin(dim=1)),
        ),
        Entry(
            "average",
            "equals the average of each window; the layer takes the maximum",
            lambda e: F.avg_pool2d(e["x"], e.spec.window),
        ),
        Entry(
            "sum",
            "equals the sum of each window (the layer of 1998); the layer takes the maximum",
            lambda e: F.avg_pool2d(e["x"], e.spec.window, divisor_override=1),
        ),
        Entry(
            "largest-modulus",
            "equals the element of largest modulus; the layer compares signed values",
            lambda e: like(e, largest_modulus(windows(e, e["x"]))),
        ),
        Entry(
            "modulus",
            "equals the largest modulus, sign lost; the layer compares signed values",
            lambda e: like(e, windows(e, e["x"]).abs().amax(dim=1)),
        ),
        Entry(
            "starts-at-zero",
            "is never negative: the search for the maximum starts at 0, not at minus infinity",
            lambda e: e.oracle.clamp(min=0),
        ),
        Entry(
            "first-element",
            "equals the first element of each window; the layer takes the maximum",
            lambda e: e["x"][:, :, :: e.spec.window[0], :: e.spec.window[1]],
        ),
        Entry(
            "follows-from-a",
            "is the maximum of each row of this layer's a, which is wrong",
            lambda e: like(e, e["a"].amax(dim=1)),
        ),
        Entry("follows-from-argmax", "is not the maximum: argmax is wrong", at_argmax),
        Entry(
            "last-windows-missing",
            "lacks the last row of windows: the loop ends one too early",
            partial(without_last, dim=2),
        ),
        Entry(
            "last-windows-missing",
            "lacks the last column of windows: the loop ends one too early",
            partial(without_last, dim=3),
        ),
    ),
}
