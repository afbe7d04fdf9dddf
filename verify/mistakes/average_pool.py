"""Mistaken formulas of average pooling."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.windows import BY_ROW, WINDOWS, fold, interleaved, like, strided, windows


def reduced(e: Situation, rows: Tensor, by: float = 1.0) -> Tensor:
    """The mean of each row, times a factor."""
    return like(e, rows.mean(dim=1) * by) if rows.ndim == 2 else NOTHING


def size(e: Situation) -> int:
    """Elements of a window."""
    kh, kw = e.spec.window
    return int(kh * kw)


def shared(e: Situation, share: float) -> Tensor:
    """(rows, window): dz times a share, in every element."""
    return (e["dz"].reshape(-1, 1) * share).expand(-1, size(e))


def to_one(e: Situation, position: Tensor) -> Tensor:
    """(rows, window): the whole of dz in one element."""
    return F.one_hot(position, size(e)) * e["dz"].reshape(-1, 1)


def winner(e: Situation) -> Tensor:
    """(rows,): position of each window's maximum."""
    return windows(e, e["x"]).argmax(dim=1)


def tiled(e: Situation) -> Tensor:
    """Whole copies of the map side by side, each with its share."""
    kh, kw = e.spec.window
    return e["dz"].repeat(1, 1, kh, kw) / size(e) if e.spec.tiled else NOTHING


MEAN = "the layer averages each window"
Z = (
    Mistake("summed", f"equals the sum of each window; {MEAN}", "field notes A4",
            lambda e: reduced(e, windows(e, e["x"]), size(e))),
    Mistake("maximum", f"equals the maximum of each window; {MEAN}", "experience",
            lambda e: like(e, windows(e, e["x"]).amax(dim=1))),
    Mistake("divided-by-side:height", f"divides by the window's height; {MEAN}", "experience",
            lambda e: reduced(e, windows(e, e["x"]), size(e) / e.spec.window[0])),
    Mistake("divided-by-side:width", f"divides by the window's width; {MEAN}", "experience",
            lambda e: reduced(e, windows(e, e["x"]), size(e) / e.spec.window[1])),
    Mistake("divided-by-four", f"divides by 4 whatever the window; {MEAN}", "field notes A4",
            lambda e: reduced(e, windows(e, e["x"]), size(e) / 4)),
    Mistake("averaged-twice", f"divides by the window's size twice; {MEAN}", "experience",
            lambda e: reduced(e, windows(e, e["x"]), 1 / size(e))),
    Mistake("first-element", f"equals the first element of each window; {MEAN}", "experience",
            lambda e: like(e, windows(e, e["x"])[:, 0])),
    *(
        Mistake(f"windows-shifted:{i},{j}", f"averages windows that start {i} rows and {j} columns"
                " too late; the first starts at 0, 0", "off by one",
                lambda e, i=i, j=j: reduced(e, strided(e, i, j)))  # type: ignore[misc]
        for i, j in ((1, 1), (0, 1), (1, 0))
    ),
    Mistake("interleaved", f"averages elements a whole block apart: reshaped (kh, H/kh); {MEAN}",
            "index slip", lambda e: reduced(e, interleaved(e))),
    Mistake("follows-from-a", "averages the rows of this layer's a, which is wrong", "consequence",
            lambda e: reduced(e, e["a"])),
)  # fmt: skip

EACH = "each element of a window receives dz / (kh kw)"
DA = (
    Mistake("not-divided", f"equals dz: the division is missing; {EACH}", "field notes A4, C29",
            partial(shared, share=1.0)),
    Mistake("divided-twice", f"is divided by the window's size twice; {EACH}",
            "field notes C29", lambda e: shared(e, 1 / size(e) ** 2)),
    Mistake("divided-by-four", f"is divided by 4 whatever the window; {EACH}", "field notes A4",
            partial(shared, share=0.25)),
    Mistake("first-element", f"goes to the first element of each window only; {EACH}",
            "experience", lambda e: to_one(e, torch.zeros_like(winner(e)))),
    Mistake("to-maximum", f"goes to the maximum of each window only, as in max pooling; {EACH}",
            "experience", lambda e: to_one(e, winner(e))),
)  # fmt: skip

MISTAKES = {
    "average_pool.a": WINDOWS,
    "average_pool.z": Z,
    "average_pool.da": DA,
    "average_pool.dx": (
        BY_ROW,
        Mistake("tiled", f"puts whole copies of dz side by side (tile); {EACH}", "experience",
                tiled),
        *(
            Mistake(m.name, m.sentence, m.source,
                    lambda e, m=m: fold(e, m.formula(e)))  # type: ignore[misc]
            for m in DA
        ),
    ),
}  # fmt: skip
