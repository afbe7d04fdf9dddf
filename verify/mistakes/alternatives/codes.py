"""The RBF layer with other codes than it was given: bitmaps inverted, turned, slipped, mixed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING
from verify.mistakes.hypothesis import Evidence

HEIGHT, WIDTH = 12, 7
Change = Callable[[Tensor], Tensor]


def gap(e: Evidence, W: Tensor) -> Tensor:
    """x_j - w_ij for these codes, (N, K, D)."""
    return e["x"][:, None, :] - W


def result(e: Evidence, W: Tensor) -> Tensor:
    """The failing tensor, y, dx or dW, as these codes would give it."""
    if e.step.symbol == "y":
        return gap(e, W).square().sum(dim=2)
    weighed = 2 * e["dy"][:, :, None] * gap(e, W)
    return weighed.sum(dim=1) if e.step.symbol == "dx" else -weighed.sum(dim=0)


def changed(e: Evidence, change: Change) -> Tensor:
    """With codes changed in one way; where they are not bitmaps, nothing to change."""
    W = e["W"]
    return result(e, change(W)) if W.shape[1] == HEIGHT * WIDTH else NOTHING


def bitmaps(W: Tensor) -> Tensor:
    """(K, 12, 7)."""
    return W.reshape(-1, HEIGHT, WIDTH)


def distances(e: Evidence) -> tuple[Tensor, Tensor]:
    """y as the subject has it and as the given codes would make it."""
    name = f"{e.step.layer}.y"
    return e["y"], e.evaluation.computed(name).to(torch.float64)


def flipped_pixel(e: Evidence) -> Tensor:
    """With one component of a code negated: for each class that is off, the one that explains
    its distances best.  (x + w)^2 - (x - w)^2 = 4 x w."""
    W = e["W"].clone()
    theirs, ours = distances(e)
    for i in range(len(W)):
        off = theirs[:, i : i + 1] - ours[:, i : i + 1]
        left = (4 * e["x"] * W[i] - off).abs().amax(dim=0)
        j = int(left.argmin())
        if left[j] < off.abs().max() / 2:
            W[i, j] = -W[i, j]
    return result(e, W)


def reordered(e: Evidence) -> Tensor:
    """With the codes of the classes in another order: for each class the given code whose
    distances agree best."""
    theirs, ours = (y.mT.contiguous() for y in distances(e))
    return result(e, e["W"][torch.cdist(theirs, ours).argmin(dim=1)])


FIG3 = "codes are Fig. 3's bitmaps, 12 rows of 7, row by row from the top, +1 ink, -1 background"
CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("inverted-codes", "inverted codes, -1 ink and +1 background", lambda W: -W),
    ("zero-one-codes", "codes of 0 and 1", lambda W: (W + 1) / 2),
    ("upside-down", "bitmaps upside down", lambda W: bitmaps(W).flip(1).flatten(1)),
    ("mirrored", "bitmaps mirrored left to right", lambda W: bitmaps(W).flip(2).flatten(1)),
    ("reversed-codes", "bitmaps turned by 180 degrees", lambda W: W.flip(1)),
    (
        "column-major",
        "bitmaps flattened column by column",
        lambda W: bitmaps(W).mT.flatten(1),
    ),
    (
        "seven-by-twelve",
        "bitmaps reshaped as 7 rows of 12 and transposed",
        lambda W: W.reshape(-1, WIDTH, HEIGHT).mT.flatten(1),
    ),
    ("slipped-codes", "codes slipped by one component", lambda W: W.roll(1, 1)),
    ("slipped-codes", "codes slipped by one component back", lambda W: W.roll(-1, 1)),
    ("slipped-rows", "bitmaps slipped by one row", lambda W: W.roll(WIDTH, 1)),
    ("slipped-rows", "bitmaps slipped by one row up", lambda W: W.roll(-WIDTH, 1)),
    ("next-class", "each class's code in the place of the next class's", lambda W: W.roll(1, 0)),
    ("next-class", "each class's code in the place of the previous", lambda W: W.roll(-1, 0)),
    ("binarised-codes", "codes rounded to their signs", lambda W: W.sign()),
)
COMMON = tuple(
    Entry(name, f"follows from {what}; {FIG3}", partial(changed, change=change))
    for name, what, change in CHANGES
)
SEARCHED = (
    Entry("flipped-pixel", f"follows from codes with one pixel wrong; {FIG3}", flipped_pixel),
    Entry(
        "mixed-codes",
        "follows from the codes of the classes in another order, or one code used twice",
        reordered,
    ),
)
CODES = (*COMMON, *SEARCHED)
