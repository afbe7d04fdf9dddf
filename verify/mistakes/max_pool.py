"""Mistaken formulas of max pooling, forward."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.windows import (
    counted_by_column,
    last,
    like,
    met_by_column,
    undeclared,
    windows,
)


def largest_modulus(a: Tensor) -> Tensor:
    """The element of largest modulus in each row."""
    return a.gather(1, a.abs().argmax(dim=1, keepdim=True))[:, 0]


def without_last(e: Situation, dim: int) -> Tensor:
    """The oracle's result with the last row or column of windows left at zero."""
    return e.oracle.index_fill(dim, torch.tensor([e.oracle.shape[dim] - 1]), 0.0)


def at_argmax(e: Situation) -> Tensor:
    """The elements of the subject's a where its argmax points, if that is inside the window."""
    places, a = e["argmax"].reshape(-1, 1).long(), e["a"]
    inside = bool(((places >= 0) & (places < a.shape[1])).all())
    return like(e, a.gather(1, places)) if inside else NOTHING


FIRST = "the first maximum in row-major order wins"

MISTAKES = {
    "max_pool.argmax": (
        Mistake(
            "last-maximum",
            f"names the last of tied maxima; {FIRST} (erratum S25)",
            "field notes C26; section 7 of the facts",
            lambda e: undeclared(e, like(e, last(windows(e, e["x"])))),
        ),
        Mistake(
            "met-by-column",
            f"names the tied maximum that is first down the columns; {FIRST}",
            "field notes C26",
            lambda e: undeclared(e, like(e, met_by_column(e, windows(e, e["x"])))),
        ),
        Mistake(
            "column-major",
            "counts the position in the window column by column; it is row-major",
            "erratum S27",
            lambda e: like(e, counted_by_column(e, windows(e, e["x"]))),
        ),
        Mistake(
            "argmin",
            "is the position of the minimum; the layer takes the maximum",
            "sign slip",
            lambda e: like(e, windows(e, e["x"]).argmin(dim=1)),
        ),
        Mistake(
            "largest-modulus",
            "is the position of the largest modulus; the layer compares signed values",
            "experience",
            lambda e: undeclared(e, like(e, windows(e, e["x"]).abs().argmax(dim=1))),
        ),
        Mistake(
            "follows-from-a",
            "is the first maximum in each row of this layer's a, which is wrong",
            "consequence",
            lambda e: like(e, e["a"].argmax(dim=1)),
        ),
        Mistake(
            "one-based",
            "counts positions from 1; they are counted from 0",
            "ported code",
            lambda e: e.oracle + 1,
        ),
    ),
    "max_pool.z": (
        Mistake(
            "minimum",
            "equals the minimum of each window; the layer takes the maximum",
            "sign slip",
            lambda e: like(e, windows(e, e["x"]).amin(dim=1)),
        ),
        Mistake(
            "average",
            "equals the average of each window; the layer takes the maximum",
            "field notes A4",
            lambda e: F.avg_pool2d(e["x"], e.spec.window, e.spec.step),
        ),
        Mistake(
            "sum",
            "equals the sum of each window (the layer of 1998); the layer takes the maximum",
            "field notes A4",
            lambda e: F.avg_pool2d(e["x"], e.spec.window, e.spec.step, divisor_override=1),
        ),
        Mistake(
            "largest-modulus",
            "equals the element of largest modulus; the layer compares signed values",
            "experience",
            lambda e: like(e, largest_modulus(windows(e, e["x"]))),
        ),
        Mistake(
            "modulus",
            "equals the largest modulus, sign lost; the layer compares signed values",
            "experience",
            lambda e: like(e, windows(e, e["x"]).abs().amax(dim=1)),
        ),
        Mistake(
            "starts-at-zero",
            "is never negative: the search for the maximum starts at 0, not at minus infinity",
            "experience",
            lambda e: e.oracle.clamp(min=0),
        ),
        Mistake(
            "first-element",
            "equals the first element of each window; the layer takes the maximum",
            "experience",
            lambda e: like(e, windows(e, e["x"])[:, 0]),
        ),
        Mistake(
            "follows-from-a",
            "is the maximum of each row of this layer's a, which is wrong",
            "consequence",
            lambda e: like(e, e["a"].amax(dim=1)),
        ),
        Mistake(
            "follows-from-argmax", "is not the maximum: argmax is wrong", "consequence", at_argmax
        ),
        Mistake(
            "last-windows-missing:row",
            "lacks the last row of windows: the loop ends one too early",
            "field notes A20, A21",
            partial(without_last, dim=2),
        ),
        Mistake(
            "last-windows-missing:column",
            "lacks the last column of windows: the loop ends one too early",
            "field notes A20, A21",
            partial(without_last, dim=3),
        ),
    ),
}
