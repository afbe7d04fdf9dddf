"""The RBF layer with other codes than it was given: bitmaps inverted, turned, slipped, mixed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation

HEIGHT, WIDTH = 12, 7
Change = Callable[[Tensor], Tensor]


def gap(e: Situation, W: Tensor) -> Tensor:
    """x_j - w_ij for these codes, (N, K, D)."""
    return e["x"][:, None, :] - W


def result(e: Situation, W: Tensor) -> Tensor:
    """The failing tensor, y, dx or dW, as these codes would give it."""
    if e.step.symbol == "y":
        return gap(e, W).square().sum(dim=2)
    weighed = 2 * e["dy"][:, :, None] * gap(e, W)
    return weighed.sum(dim=1) if e.step.symbol == "dx" else -weighed.sum(dim=0)


def changed(e: Situation, change: Change) -> Tensor:
    """With codes changed in one way; where they are not bitmaps, nothing to change."""
    W = e["W"]
    return result(e, change(W)) if W.shape[1] == HEIGHT * WIDTH else NOTHING


def bitmaps(W: Tensor) -> Tensor:
    """(K, 12, 7)."""
    return W.reshape(-1, HEIGHT, WIDTH)


def distances(e: Situation) -> tuple[Tensor, Tensor]:
    """y as the subject has it and as the given codes would make it."""
    name = f"{e.step.layer}.y"
    return e["y"], e.right(name)


def negated(W: Tensor, i: int, j: int) -> Tensor:
    """One component of one code negated."""
    found = W.clone()
    found[i, j] = -W[i, j]
    return found


def flipped_pixel(e: Situation) -> Tensor:
    """With one component of a code negated: for each class that is off, the one that explains
    its distances best.  (x + w)^2 - (x - w)^2 = 4 x w."""
    W = e["W"]
    theirs, ours = distances(e)
    for i in range(len(W)):
        off = theirs[:, i : i + 1] - ours[:, i : i + 1]
        left = (4 * e["x"] * e["W"][i] - off).abs().amax(dim=0)
        j = int(left.argmin())
        if left[j] < off.abs().max() / 2:
            W = negated(W, i, j)
    return result(e, W)


def reordered(e: Situation) -> Tensor:
    """With the codes of the classes in another order: for each class the given code whose
    distances agree best."""
    theirs, ours = (y.mT.contiguous() for y in distances(e))
    return result(e, e["W"][torch.cdist(theirs, ours).argmin(dim=1)])


FIG3 = "codes are Fig. 3's bitmaps, 12 rows of 7, row by row from the top, +1 ink, -1 background"
B2, B3, SLIP = "field notes B2", "field notes B3", "off by one"
CHANGES: tuple[tuple[str, str, str, Change], ...] = (
    ("inverted-codes", "inverted codes, -1 ink and +1 background", B2, lambda W: -W),
    ("zero-one-codes", "codes of 0 and 1", "section II-C of the paper", lambda W: (W + 1) / 2),
    ("upside-down", "bitmaps upside down", B2, lambda W: bitmaps(W).flip(1).flatten(1)),
    ("mirrored", "bitmaps mirrored left to right", B2, lambda W: bitmaps(W).flip(2).flatten(1)),
    ("reversed-codes", "bitmaps turned by 180 degrees", B2, lambda W: W.flip(1)),
    ("column-major", "bitmaps flattened column by column", B3,
     lambda W: bitmaps(W).mT.flatten(1)),
    ("seven-by-twelve", "bitmaps reshaped as 7 rows of 12 and transposed", B3,
     lambda W: W.reshape(-1, WIDTH, HEIGHT).mT.flatten(1)),
    ("slipped-codes:on", "codes slipped by one component", B2, lambda W: W.roll(1, 1)),
    ("slipped-codes:back", "codes slipped by one component back", B2, lambda W: W.roll(-1, 1)),
    ("slipped-rows:down", "bitmaps slipped by one row", B2, lambda W: W.roll(WIDTH, 1)),
    ("slipped-rows:up", "bitmaps slipped by one row up", B2, lambda W: W.roll(-WIDTH, 1)),
    ("next-class:next", "each class's code in the place of the next class's", SLIP,
     lambda W: W.roll(1, 0)),
    ("next-class:previous", "each class's code in the place of the previous", SLIP,
     lambda W: W.roll(-1, 0)),
    ("binarised-codes", "codes rounded to their signs", "experience", lambda W: W.sign()),
)  # fmt: skip
COMMON = tuple(
    Mistake(name, f"follows from {what}; {FIG3}", source, partial(changed, change=change))
    for name, what, source, change in CHANGES
)
SEARCHED = (
    Mistake(
        "flipped-pixel",
        f"follows from codes with one pixel wrong; {FIG3}",
        "field notes B2",
        flipped_pixel,
        lambda e: result(e, negated(e["W"], -1, 5)),
    ),
    Mistake(
        "mixed-codes",
        "follows from the codes of the classes in another order, or one code used twice",
        "field notes B2",
        reordered,
        lambda e: result(e, e["W"].roll(2, 0)),
    ),
)
CODES = (*COMMON, *SEARCHED)
