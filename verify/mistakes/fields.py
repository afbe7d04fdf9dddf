"""Receptive fields gathered wrongly (im2col), and put back wrongly (col2im)."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.kernels import correlated
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation

Pair = tuple[int, int]


def padded(e: Situation, x: Tensor, border: float = 0) -> Tensor:
    """A volume with the layer's padding around it."""
    ph, pw = e.spec.padding
    return F.pad(x, (pw, pw, ph, ph), value=border)


def cut(e: Situation, outer: Tensor) -> Tensor:
    """Every receptive field of a padded volume: (N, OH, OW, C, kh, kw)."""
    (kh, kw), (sh, sw) = e.spec.kernel, e.spec.stride
    return outer.unfold(2, kh, sh).unfold(3, kw, sw).permute(0, 2, 3, 1, 4, 5)


def fields(e: Situation, x: Tensor) -> Tensor:
    """Every receptive field of a volume."""
    return cut(e, padded(e, x))


def gathered(e: Situation, order: tuple[int, ...], x: Tensor | None = None) -> Tensor:
    """a with rows and columns in another order of (n, i, j, c, u, v)."""
    found = fields(e, e["x"] if x is None else x).permute(order)
    return found.reshape(e.oracle.shape)


def moved(e: Situation, row: int, column: int) -> Tensor:
    """Fields that start further down and to the right, wrapping around."""
    outer = torch.roll(padded(e, e["x"]), (-row, -column), (2, 3))
    return cut(e, outer).reshape(e.oracle.shape)


RIGHT = (0, 1, 2, 3, 4, 5)


def one_step(e: Situation) -> Tensor:
    """Fields one step apart, as many as there should be."""
    if e.spec.stride == (1, 1):
        return NOTHING
    kh, kw = e.spec.kernel
    _, _, oh, ow = e.shape("z")
    near = padded(e, e["x"]).unfold(2, kh, 1).unfold(3, kw, 1)[:, :, :oh, :ow]
    return near.permute(0, 2, 3, 1, 4, 5).reshape(e.oracle.shape)


def first_pattern(e: Situation) -> Tensor:
    """Every pattern's fields are the first one's."""
    return NOTHING if e.batch == 1 else gathered(e, RIGHT, e["x"][:1].expand(e["x"].shape))


def first_map(e: Situation) -> Tensor:
    """Every map's columns are the first one's."""
    maps = e["x"].shape[1]
    return NOTHING if maps == 1 else gathered(e, RIGHT, e["x"][:, :1].expand(e["x"].shape))


def without_last_row(e: Situation) -> Tensor:
    """Fields of the last row of positions never filled."""
    found = fields(e, e["x"]).clone()
    found[:, -1] = 0
    return found.reshape(e.oracle.shape)


ROWS = "rows run over (n, i, j)"
COLUMNS = "columns run over (c, u, v): map, kernel row, kernel column"
ORDERS = (
    ("columns-by-position", f"lists its columns by (u, v, c); {COLUMNS}", (0, 1, 2, 4, 5, 3)),
    ("columns-transposed", f"lists its columns by (c, v, u); {COLUMNS}", (0, 1, 2, 3, 5, 4)),
    ("rows-by-position", f"lists its rows by (i, j, n); {ROWS}", (1, 2, 0, 3, 4, 5)),
    ("rows-transposed", f"lists its rows by (n, j, i); {ROWS}", (0, 2, 1, 3, 4, 5)),
    ("reshape-for-transpose", "is (columns, rows) reshaped; it must be transposed",
     (3, 4, 5, 0, 1, 2)),
)  # fmt: skip

A = (
    *(Mistake(name, text, "erratum S27", partial(gathered, order=order))
      for name, text, order in ORDERS),
    *(
        Mistake(f"fields-shifted:{i},{j}", f"has fields that start {i} rows and {j} columns too "
                "late; the first starts at 0, 0", "off by one", partial(moved, row=i, column=j))
        for i, j in ((1, 1), (0, 1), (1, 0))
    ),
    Mistake("first-pattern-for-all", "holds the first pattern's fields for every pattern",
            "index slip", first_pattern),
    Mistake("first-map-for-all", "holds the first map's columns for every map", "index slip",
            first_map),
    Mistake("last-windows-missing", "lacks the last row of positions: the loop ends one too early",
            "field notes A20, A21", without_last_row),
    Mistake("stride-ignored", "has fields one step apart; the layer has a stride", "off by one",
            one_step),
    Mistake("truncated", "holds whole numbers: an integer buffer cut off the fractions",
            "field notes E9", lambda e: gathered(e, RIGHT).trunc()),
)  # fmt: skip


def patches(e: Situation) -> Tensor:
    """This layer's da as (N, OH, OW, C, kh, kw)."""
    n, _, oh, ow = e.shape("z")
    c = e["x"].shape[1]
    return e["da"].reshape(n, oh, ow, c, *e.spec.kernel)


def scattered(e: Situation, da: Tensor) -> Tensor:
    """da added back to where its elements came from: the adjoint of the gather."""
    n, oh, ow, c, kh, kw = da.shape
    columns = da.permute(0, 3, 4, 5, 1, 2).reshape(n, c * kh * kw, oh * ow)
    size, (kernel, stride, padding) = e["x"].shape[2:], _geometry(e)
    return F.fold(columns, size, kernel, stride=stride, padding=padding)


def _geometry(e: Situation) -> tuple[Pair, Pair, Pair]:
    return e.spec.kernel, e.spec.stride, e.spec.padding


def index_of(e: Situation) -> Tensor:
    """For every element of da, the element of x it came from, (N, OH, OW, C, kh, kw); one more
    than there are for all that came from the padding."""
    count = e["x"].numel()
    order = torch.arange(count, dtype=torch.float64).reshape(e["x"].shape)
    return cut(e, padded(e, order, count)).long()


def overwritten(e: Situation, order: tuple[int, ...]) -> Tensor:
    """The last element written stays, in the order in which axes of da are walked."""
    if not overlapping(e):
        return NOTHING
    index = index_of(e).permute(order).reshape(-1)
    value = patches(e).permute(order).reshape(-1)
    last = torch.full((e["x"].numel() + 1,), -1, dtype=torch.long)
    last = last.scatter_reduce(0, index, torch.arange(len(index)), "amax")[:-1]
    found = torch.where(last >= 0, value[last.clamp(min=0)], 0.0)
    return found.reshape(e["x"].shape)


def overlapping(e: Situation) -> bool:
    """Receptive fields share pixels."""
    cover = torch.bincount(index_of(e).reshape(-1))[: e["x"].numel()]
    return int(cover.max()) > 1


def shared_out(e: Situation) -> Tensor:
    """The sum divided by how many fields cover each pixel."""
    if not overlapping(e):
        return NOTHING
    counts = scattered(e, torch.ones_like(patches(e)))
    return scattered(e, patches(e)) / counts.clamp(min=1)


def turned(e: Situation, flips: tuple[int, ...]) -> Tensor:
    """da put back with the kernel's axes in reverse order."""
    return scattered(e, patches(e).flip(flips))


def exchanged(e: Situation) -> Tensor:
    """da put back with kernel rows and columns exchanged."""
    da = patches(e)
    return NOTHING if da.shape[4] != da.shape[5] else scattered(e, da.mT)


def one_pattern(e: Situation, pattern: int) -> Tensor:
    """Only one pattern's gradient is written."""
    if e.batch == 1:
        return NOTHING
    kept = torch.zeros_like(patches(e))
    kept[pattern] = patches(e)[pattern]
    return scattered(e, kept)


SUM = "overlapping fields add up (erratum S26)"
DX = (
    Mistake("overwritten:by-kernel", f"keeps the last field written at each pixel; {SUM}",
            "field notes C11; erratum S26", lambda e: overwritten(e, (4, 5, 0, 1, 2, 3))),
    Mistake("overwritten:by-position", f"keeps the last field written at each pixel; {SUM}",
            "field notes C10", lambda e: overwritten(e, RIGHT)),
    Mistake("averaged-over-overlaps", f"is divided by the number of fields at each pixel; {SUM}",
            "field notes C11", shared_out),
    Mistake("kernel-rotated", "puts da back with the kernel rotated: im2col's adjoint does not "
            "rotate; a full convolution must turn W, and here it is not flipped",
            "field notes C12",
            correlated(lambda e: turned(e, (4, 5)))),
    Mistake("kernel-transposed", "puts da back with kernel rows and columns exchanged (with one "
            "position: or height and width of dx)", "H and W swapped", exchanged),
    Mistake("last-pattern-only", "is the last pattern's alone: the others are zero",
            "field notes C5", lambda e: one_pattern(e, -1)),
    Mistake("first-pattern-only", "is the first pattern's alone: the others are zero", "index slip",
            lambda e: one_pattern(e, 0)),
)  # fmt: skip
FOLLOWS = Mistake(
    "follows-from-da",
    "is this layer's da added back where it belongs: da is wrong, not the scatter",
    "consequence",
    lambda e: scattered(e, patches(e)),
)

MISTAKES = {"convolution.a": A, "convolution.dx": (*DX, FOLLOWS)}
