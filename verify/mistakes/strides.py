"""Pooling windows at other steps than the declared stride, or of another size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Formula, Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.subsampling import from_rows
from verify.mistakes.windows import like, stepping
from verify.oracle import average_pool, max_pool, subsampling
from verify.oracle import windows as oracle_windows

Reduction: TypeAlias = Callable[[Situation, Tensor], Tensor]
Pooling: TypeAlias = Callable[..., Tensor]


def side_by_side(e: Situation) -> Tensor:
    """The stride taken to be the window."""
    return stepping(e, e.spec.window)


def one_apart(e: Situation) -> Tensor:
    """The stride left out; without one that is said of the window's size."""
    return NOTHING if e.spec.step == e.spec.window else stepping(e, (1, 1))


def exchanged(e: Situation) -> Tensor:
    """Rows at the step of columns, and the other way round."""
    return stepping(e, e.spec.step[::-1])


def from_the_end(e: Situation) -> Tensor:
    """What does not fill a window is left out in front, not behind."""
    down, across = rest(e)
    cut = e["x"][:, :, down:, across:]
    return oracle_windows.windows(cut, e.spec) if down or across else NOTHING


def rest(e: Situation) -> tuple[int, int]:
    """Rows and columns behind the last window."""
    sizes = zip(e.spec.size, e.spec.window, e.spec.step, e.spec.output_shape[1:], strict=True)
    down, across = (size - (n - 1) * step - side for size, side, step, n in sizes)
    return down, across


AT: tuple[tuple[str, str, Formula], ...] = (
    ("stride-as-window", "side by side: the stride is taken to be the window", side_by_side),
    ("stride-ignored", "one step apart: the stride is missing", one_apart),
    ("strides-exchanged", "with the strides down and across exchanged", exchanged),
    ("rest-in-front", "that end where the map ends; the first starts at 0, 0", from_the_end),
)
"""Kind, what is said of the windows, and they as rows."""


def reduced(e: Situation, gather: Formula, reduce: Reduction) -> Tensor:
    """One number of each window, in the shape of the failing tensor."""
    rows = gather(e)
    return reduce(e, rows) if rows.ndim == 2 else NOTHING


def gathered(verb: str, reduce: Reduction) -> tuple[Mistake, ...]:
    """Windows at the wrong places, reduced in the right way."""
    return tuple(
        Mistake(kind, f"{verb} windows {text}", "experience",
                partial(reduced, gather=gather, reduce=reduce))
        for kind, text, gather in AT
    )  # fmt: skip


def largest(e: Situation, rows: Tensor) -> Tensor:
    """The maximum of each row."""
    return like(e, rows.amax(dim=1))


def mean(e: Situation, rows: Tensor) -> Tensor:
    """The mean of each row."""
    return like(e, rows.mean(dim=1))


def smaller(e: Situation, pool: Pooling) -> Tensor:
    """Windows as large as the stride, so that none overlap."""
    if e.spec.step == e.spec.window:
        return NOTHING
    other = replace(e.spec, window=e.spec.step)
    return pool(e["x"], other) if other.output_shape == e.spec.output_shape else NOTHING


def spread_evenly(e: Situation, pool: Pooling) -> Tensor:
    """Adaptive pooling to the same size."""
    return NOTHING if e.spec.tiled else pool(e["x"], e.spec.output_shape[1:])


def without_overlap(pool: Pooling) -> Mistake:
    """The stride is there and the window is not."""
    return Mistake("window-as-stride", "pools windows as large as the stride, without overlap; the "
                   "layer has a window of its own", "experience",
                   partial(smaller, pool=pool))  # fmt: skip


def adaptive(pool: Pooling) -> Mistake:
    """Neither is there but the size of the result."""
    return Mistake("adaptive", "pools windows spread evenly over the map (adaptive pooling); they "
                   "start at multiples of the stride", "experience",
                   partial(spread_evenly, pool=pool))  # fmt: skip


A = tuple(Mistake(kind, f"has windows {text}", "experience", gather) for kind, text, gather in AT)

MISTAKES = {
    **dict.fromkeys(("max_pool.a", "average_pool.a", "subsampling.a"), A),
    "max_pool.z": (
        *gathered("takes the maximum of", largest),
        without_overlap(max_pool.pool),
        adaptive(F.adaptive_max_pool2d),
    ),
    "average_pool.z": (
        *gathered("averages", mean),
        without_overlap(average_pool.pool),
        adaptive(F.adaptive_avg_pool2d),
    ),
    "subsampling.s": (
        *gathered("adds", from_rows),
        without_overlap(subsampling.window_sum),
    ),
}
