"""Windows gathered wrongly, and the pieces that mistaken pooling formulas are made of."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import windows as oracle_windows


def windows(e: Situation, x: Tensor) -> Tensor:
    """One window per row."""
    return oracle_windows.windows(x, e.spec)


def fold(e: Situation, rows: Tensor) -> Tensor:
    """Windows put back into a volume; where they share elements they add up."""
    return oracle_windows.back(rows, e.spec, e.shape("x"))


def like(e: Situation, rows: Tensor) -> Tensor:
    """One number per window, in the shape of the failing tensor."""
    return rows.reshape(e.oracle.shape)


def transposed(e: Situation, rows: Tensor) -> Tensor:
    """Each window read column by column."""
    kh, kw = e.spec.window
    return rows.reshape(-1, kh, kw).mT.reshape(-1, kh * kw)


def strided(e: Situation, row: int, column: int) -> Tensor:
    """Windows that start so many rows and columns further on, wrapping around."""
    return windows(e, torch.roll(e["x"], (-row, -column), (2, 3)))


def overlapping(e: Situation) -> Tensor:
    """Windows one step apart: the first of them, as many as there should be."""
    return stepping(e, (1, 1)) if e.spec.step == e.spec.window else NOTHING


def stepping(e: Situation, step: tuple[int, int]) -> Tensor:
    """As many windows as there should be, so far apart; none where they would not fit."""
    (kh, kw), (oh, ow) = e.spec.window, e.spec.output_shape[1:]
    if step == e.spec.step:
        return NOTHING
    found = e["x"].unfold(2, kh, step[0]).unfold(3, kw, step[1])[:, :, :oh, :ow]
    return found.reshape(-1, kh * kw) if found.shape[2:4] == (oh, ow) else NOTHING


def interleaved(e: Situation) -> Tensor:
    """Window elements a whole block apart: the reshape splits height as (kh, H/kh)."""
    if not e.spec.tiled:
        return NOTHING
    kh, kw = e.spec.window
    n, c, h, w = e["x"].shape
    blocks = e["x"].reshape(n, c, kh, h // kh, kw, w // kw)
    return blocks.permute(0, 1, 3, 5, 2, 4).reshape(-1, kh * kw)


def columns_first(e: Situation) -> Tensor:
    """Windows listed down the columns of the image instead of along its rows."""
    n, c, oh, ow = e.shape("z")
    order = torch.arange(n * c * oh * ow).reshape(n * c, oh, ow)
    return windows(e, e["x"])[order.mT.reshape(-1)]


def undeclared(e: Situation, rival: Tensor) -> Tensor:
    """A rival of the first maximum; nothing where somebody declared another convention."""
    return rival if e.spec.ties == "first" else NOTHING


def last(a: Tensor) -> Tensor:
    """Position of the last maximum of each row."""
    return a.shape[1] - 1 - a.flip(1).argmax(dim=1)


def counted_by_column(e: Situation, a: Tensor) -> Tensor:
    """Position of the first maximum, row-major, as a column-major reader would number it."""
    kh, kw = e.spec.window
    found = a.argmax(dim=1)
    return found % kw * kh + torch.div(found, kw, rounding_mode="floor")


def met_by_column(e: Situation, a: Tensor) -> Tensor:
    """Row-major position of the maximum that is first down the columns."""
    kh, kw = e.spec.window
    found = transposed(e, a).argmax(dim=1)
    return found % kh * kw + torch.div(found, kh, rounding_mode="floor")


def at(e: Situation, position: Tensor) -> Tensor:
    """One-hot rows."""
    return F.one_hot(position, e.spec.window[0] * e.spec.window[1]).to(torch.float64)


def of_one_row(e: Situation) -> Tensor:
    """Windows of consecutive pixels: the volume reshaped to (..., kh kw)."""
    whole = e.spec.tiled
    return e["x"].reshape(-1, e.spec.window[0] * e.spec.window[1]) if whole else NOTHING


BY_ROW = Mistake(
    "windows-of-one-row",
    "puts each window back as consecutive pixels of one row: a reshape; a window has kh rows",
    "index slip",
    lambda e: e["da"].reshape(e.oracle.shape) if e.spec.tiled else NOTHING,
)
WINDOWS = (
    Mistake(
        "windows-of-one-row",
        "has windows of consecutive pixels of one row: reshaped to (..., kh kw); a window has kh "
        "rows",
        "index slip",
        of_one_row,
    ),
    Mistake(
        "window-transposed",
        "has the elements of each window column by column; they run row by row",
        "erratum S27",
        lambda e: transposed(e, windows(e, e["x"])),
    ),
    *(
        Mistake(
            f"windows-shifted:{i},{j}",
            f"has windows that start {i} rows and {j} columns too late; the first starts at 0, 0",
            "off by one",
            partial(strided, row=i, column=j),
        )
        for i, j in ((1, 1), (0, 1), (1, 0))
    ),
    Mistake(
        "overlapping-windows",
        "has windows one step apart; the stride is the window's size",
        "experience",
        overlapping,
    ),
    Mistake(
        "interleaved",
        "gathers elements half an image apart: the reshape splits H as (kh, H/kh), not (H/kh, kh)",
        "experience",
        interleaved,
    ),
    Mistake(
        "positions-transposed",
        "lists the windows down the columns of the image; rows run over (n, c, i, j)",
        "erratum S27",
        columns_first,
    ),
)

MISTAKES = {"max_pool.a": WINDOWS, "subsampling.a": WINDOWS}
