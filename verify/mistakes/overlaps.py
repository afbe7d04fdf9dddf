"""Gradients of pooling windows that overlap, or leave gaps, put back wrongly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.subsampling_gradient import share
from verify.mistakes.windows import fold, windows
from verify.oracle import windows as oracle_windows


def indices(e: Situation) -> Tensor:
    """(rows, kh*kw): the element of the volume that each element of da came from."""
    order = torch.arange(math.prod(e.shape("x")), dtype=torch.float64)
    return windows(e, order.reshape(e.shape("x"))).long()


def overwritten(e: Situation, first: bool) -> Tensor:
    """One window's element stays at each pixel: of the last window, as loops over windows leave it,
    or of the first, as one assignment for each place in a window does."""
    if e.spec.cover == 1:
        return NOTHING
    return kept(e, indices(e).reshape(-1), e["da"].reshape(-1), first)


def at_maximum(e: Situation) -> Tensor:
    """One number is written at each maximum; of several at one pixel the last stays."""
    if e.spec.cover == 1 or e.spec.ties != "first":
        return NOTHING
    place = windows(e, e["x"]).argmax(dim=1, keepdim=True)
    return kept(e, indices(e).gather(1, place)[:, 0], e["dz"].reshape(-1), False)


def kept(e: Situation, index: Tensor, value: Tensor, first: bool) -> Tensor:
    """A volume of what was written at each index last, or first; zero where nothing was."""
    n, which = math.prod(e.shape("x")), torch.arange(len(index))
    none = torch.full((n,), len(index) if first else -1)
    found = none.scatter_reduce(0, index, which, "amin" if first else "amax")
    written = torch.where(found == none, 0.0, value[found.clamp(0, len(index) - 1)])
    return written.reshape(e.shape("x"))


def shared_out(e: Situation) -> Tensor:
    """The sum divided by the number of windows at each pixel."""
    if e.spec.cover == 1:
        return NOTHING
    counts = fold(e, torch.ones_like(e["da"]))
    return fold(e, e["da"]) / counts.clamp(min=1)


def put_side_by_side(e: Situation) -> Tensor:
    """Windows put back as if the stride were the window, where they fit into the map."""
    (kh, kw), (n, c, h, w) = e.spec.window, e.shape("x")
    down, across = e.spec.output_shape[1] * kh, e.spec.output_shape[2] * kw
    if e.spec.step == e.spec.window or down > h or across > w:
        return NOTHING
    other = replace(e.spec, stride=None, size=(down, across))
    found = oracle_windows.back(e["da"], other, (n, c, down, across))
    return F.pad(found, (0, w - across, 0, h - down))


def gaps_filled(e: Situation, upstream: str, part: Callable[[Situation], float]) -> Tensor:
    """Every element up to the next window gets the share of the one before."""
    (sh, sw), (kh, kw), (_, _, h, w) = e.spec.step, e.spec.window, e.shape("x")
    if sh < kh or sw < kw or (sh, sw) == (kh, kw):
        return NOTHING
    given = part(e) * e[upstream]
    found = given.repeat_interleave(sh, 2).repeat_interleave(sw, 3)[:, :, :h, :w]
    return F.pad(found, (0, w - found.shape[3], 0, h - found.shape[2]))


def equal_part(e: Situation) -> float:
    """Of dz that each element of an averaged window gets."""
    return 1 / math.prod(e.spec.window)


SUM = "overlapping windows add up"
BACK = (
    Mistake("overwritten:last", f"keeps the last window written at each pixel; {SUM}",
            "field notes C11", partial(overwritten, first=False)),
    Mistake("overwritten:first", f"keeps the first window at each pixel (assigned place by place); "
            f"{SUM}", "field notes C10, C11", partial(overwritten, first=True)),
    Mistake("averaged-over-overlaps", f"is divided by the number of windows at each pixel; {SUM}",
            "field notes C11", shared_out),
    Mistake("stride-as-window", "puts windows back side by side: the stride is taken to be the "
            "window", "experience", put_side_by_side),
)  # fmt: skip
AT_MAXIMUM = Mistake(
    "overwritten:at-maximum",
    f"keeps the last of several gradients at each pixel (an index that is repeated); {SUM}",
    "field notes C10",
    at_maximum,
)


def filled(upstream: str, part: Callable[[Situation], float]) -> Mistake:
    """A gradient in the gaps."""
    return Mistake(
        "gaps-filled",
        "gives a share to elements between the windows, which none reads: they have gradient zero",
        "experience",
        partial(gaps_filled, upstream=upstream, part=part),
    )


MISTAKES = {
    "max_pool.dx": (AT_MAXIMUM, *BACK),
    "average_pool.dx": (*BACK, filled("dz", equal_part)),
    "subsampling.dx": (*BACK, filled("ds", share)),
}
