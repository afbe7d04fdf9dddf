"""Mistakes in the RBF codes: the layer computes with other bitmaps, or learns them wrongly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.catalogue.rbf import DIFFERENCES, DW, FORWARD, expanded, gap, learned
from verify.proof.faults.fault import Fault

code = partial(Fault, target=DIFFERENCES, layers="F7", tensor="F7.y", variant="1998")


def using(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Differences to changed codes, forward and backward."""
    return lambda right: lambda x, W: right(x, change(W))


def bitmaps(W: Any) -> Any:
    """(10, 12, 7)."""
    return W.reshape(-1, 12, 7)


def flat(maps: Any) -> Any:
    """(10, 84), row by row."""
    return maps.reshape(len(maps), -1)


def one_pixel(W: Any) -> Any:
    """The 8 with its third row's last pixel but one inked the wrong way."""
    return np.where((np.arange(10)[:, None] == 8) & (np.arange(84) == 19), -W, W)


def one_for_another(W: Any) -> Any:
    """The 6 in the place of the 9 too."""
    return W[[0, 1, 2, 3, 4, 5, 6, 7, 8, 6]]


FAULTS = [
    code(
        name="codes-inverted",
        about="-1 for ink and +1 for background",
        source="field notes B2",
        make=using(lambda W: -W),
        cause="inverted-codes",
    ),
    code(
        name="codes-zero-one",
        about="codes of 0 and 1",
        source="section II-C of the paper",
        make=using(lambda W: (W + 1) / 2),
        cause="zero-one-codes",
    ),
    code(
        name="codes-column-major",
        about="bitmaps flattened column by column",
        source="field notes B3",
        make=using(lambda W: flat(bitmaps(W).transpose(0, 2, 1))),
        cause="column-major",
    ),
    code(
        name="codes-seven-by-twelve",
        about="bitmaps taken for 12 wide and 7 high and turned",
        source="field notes B3",
        make=using(lambda W: flat(W.reshape(-1, 7, 12).transpose(0, 2, 1))),
        cause="seven-by-twelve",
    ),
    code(
        name="codes-upside-down",
        about="bitmaps with the bottom row first",
        source="field notes B2",
        make=using(lambda W: flat(bitmaps(W)[:, ::-1])),
        cause="upside-down",
    ),
    code(
        name="codes-mirrored",
        about="bitmaps mirrored left to right: bits read from the wrong end",
        source="field notes B2",
        make=using(lambda W: flat(bitmaps(W)[:, :, ::-1])),
        cause="mirrored",
    ),
    code(
        name="codes-reversed",
        about="the 84 components in reverse",
        source="field notes B2",
        make=using(lambda W: W[:, ::-1]),
        cause="reversed-codes",
    ),
    code(
        name="codes-slipped",
        about="every component one place further",
        source="field notes B2",
        make=using(lambda W: np.roll(W, 1, axis=1)),
        cause="slipped-codes",
    ),
    code(
        name="codes-slipped-row",
        about="every bitmap one row lower",
        source="field notes B2",
        make=using(lambda W: np.roll(W, 7, axis=1)),
        cause="slipped-rows",
    ),
    code(
        name="codes-one-pixel",
        about="one pixel of one digit redrawn",
        source="field notes B2",
        make=using(one_pixel),
        cause="flipped-pixel",
    ),
    code(
        name="codes-one-to-ten",
        about="digits ordered 1, 2, ... 9, 0",
        source="off by one",
        make=using(lambda W: np.roll(W, -1, axis=0)),
        cause="next-class",
    ),
    code(
        name="codes-permuted",
        about="digits in a permuted order: 3 and 5 exchanged",
        source="field notes B2",
        make=using(lambda W: W[[0, 1, 2, 5, 4, 3, 6, 7, 8, 9]]),
        cause="mixed-codes",
    ),
    code(
        name="codes-one-used-twice",
        about="the code of the 6 used for the 9 too",
        source="field notes B2",
        make=using(one_for_another),
        cause="mixed-codes",
    ),
    learned(
        "codes-dW-sign",
        "the minus of the inner derivative is missing: learned codes flee",
        "field notes B8",
        DW,
        lambda right: lambda x, W, dy: -right(x, W, dy),
        cause="sign",
    ),
    learned(
        "codes-dW-half",
        "the 2 of the derivative is missing",
        "field notes B5",
        DW,
        lambda right: lambda x, W, dy: right(x, W, dy) / 2,
        cause="half",
    ),
    learned(
        "codes-dW-no-upstream",
        "the upstream gradient is not multiplied",
        "field notes B8",
        DW,
        lambda right: lambda x, W, dy: -2 * gap(x, W).sum(axis=0),
        cause="no-upstream",
    ),
    learned(
        "codes-dW-over-N",
        "the code's gradient is divided by N, which dy already holds",
        "field notes B10",
        DW,
        lambda right: lambda x, W, dy: right(x, W, dy) / len(x),
        cause="averaged-over-batch",
    ),
    learned(
        "codes-dW-last-pattern",
        "the code's gradient is assigned in the batch loop, not accumulated",
        "field notes C5",
        DW,
        lambda right: lambda x, W, dy: right(x[-1:], W, dy[-1:]),
        cause="last-pattern-only",
    ),
    learned(
        "codes-dW-class-index",
        "x_i for x_j in the code's gradient only",
        "erratum S12",
        DW,
        lambda right: (
            lambda x, W, dy: -2 * ((x[:, : len(W), None] - W) * dy[:, :, None]).sum(axis=0)
        ),
        cause="class-index",
    ),
    learned(
        "codes-dW-linear",
        "the gradient of a linear layer's weights",
        "field notes A17",
        DW,
        lambda right: lambda x, W, dy: dy.T @ x,
        cause="affine",
    ),
    Fault(
        "rbf-reversed-difference",
        "w - x for x - w in the forward pass",
        "eq. 7",
        FORWARD,
        lambda right: lambda x, W: ((W - x[:, None, :]) ** 2).sum(axis=2),
        variant="1998",
        equivalent="(w - x) and (x - w) differ in sign alone, in rounding too; the square is the "
        "same number.",
    ),
    Fault(
        "rbf-expanded-square",
        "|x|^2 - 2 x w + |w|^2 for the sum of squares",
        "usual optimisation",
        FORWARD,
        lambda right: expanded,
        variant="1998",
        equivalent="The same polynomial; its roundings act on |x|^2 + 2 |x||w| + |w|^2, the "
        "magnitude (|x| + |w|)^2 of the bound.",
    ),
]
