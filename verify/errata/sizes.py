"""Numbers and sizes that the source gets wrong, and what it leaves out about them."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from verify.cases import idx
from verify.errata.algebra import added, ones, product, reshaped
from verify.errata.material import Array, run
from verify.errata.statement import AMBIGUOUS, COSMETIC, WRONG, Statement

INTRODUCTION, TABLE = "introduction, modern", "introduction, table"
CONVOLUTION = "convolution as a product"
PADDING = 2


def unfolded(channels: int) -> torch.Size:
    """Columns and rows of the receptive fields of a 32x32 image, by torch."""
    return F.unfold(torch.zeros(1, channels, 32, 32), 5).shape[1:]


def digit() -> Array:
    """The first digit as MNIST has it, (1, 28, 28)."""
    return idx.read_digits()[0][:1]


def padded(_: Any) -> int:
    """Output size of C1 on an image padded by torch."""
    return F.conv2d(torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 5, 5), padding=PADDING).shape[2]


STATEMENTS = (
    Statement(
        "S1", CONVOLUTION, "5.5.3 = 125 columns of X, X in R^{784x125}", "5.5.3 = 75", WRONG,
        truth=lambda r: unfolded(3)[0], written=lambda r: 125, right=lambda r: 5 * 5 * 3,
    ),
    Statement(
        "S2", CONVOLUTION, "((32-5)/1+1) = 784 local connections", "((32-5)/1+1)^2 = 784", WRONG,
        truth=lambda r: unfolded(3)[1],
        written=lambda r: (32 - 5) / 1 + 1, right=lambda r: ((32 - 5) / 1 + 1) ** 2,
    ),
    Statement(
        "S3", CONVOLUTION, "Y in R^{784x6} back to 55x55x6", "back to 28x28x6", WRONG,
        truth=lambda r: r["C1.z"].reshape(28, 28, 6),
        written=lambda r: reshaped(r["C1.z"], (55, 55, 6)),
        right=lambda r: reshaped(r["C1.z"], (28, 28, 6)),
    ),
    Statement(
        "S4", TABLE, "C1 reads 32x32x3 and has 5.5.c.6+6 = 156 parameters, c = 3",
        "C1 reads 32x32x1, c = 1", WRONG,
        truth=lambda r: r.count("C1"),
        written=lambda r: 5 * 5 * 3 * 6 + 6, right=lambda r: 5 * 5 * 1 * 6 + 6,
    ),
    Statement(
        "S5", TABLE, "C5: kernel 120, stride 0; size (5-120)/0+1",
        "kernel 5x5, 120 filters, stride 1; size (5-5)/1+1 = 1", WRONG,
        truth=lambda r: r.size("C5.z")[0],
        written=lambda r: (5 - 120) / 0 + 1, right=lambda r: (5 - 5) / 1 + 1,
    ),
    Statement(
        "S6", "forward, C1", "size (32-5-2P)/1+1, with P = 0; here with P = 2", "(32-5+2P)/1+1",
        WRONG, truth=padded,
        written=lambda r: (32 - 5 - 2 * PADDING) / 1 + 1,
        right=lambda r: (32 - 5 + 2 * PADDING) / 1 + 1,
    ),
    Statement(
        "S7", "forward, S2", "one filter has 14.14.6 = 1176 local connections",
        "14.14 = 196 on each map, 1176 in all", WRONG, factor=1 / 6,
        truth=lambda r: len(r["S2.a"]) / 6, written=lambda r: 14 * 14 * 6, right=lambda r: 14 * 14,
    ),
    Statement(
        "S8", "forward, S4", "one filter has 5.5.16 = 400 local connections",
        "5.5 = 25 on each map, 400 in all", WRONG, factor=1 / 16,
        truth=lambda r: len(r["S4.a"]) / 16, written=lambda r: 5 * 5 * 16, right=lambda r: 5 * 5,
    ),
    Statement(
        "S9", "forward, C1", "z1 = a0.W1 + b1, b1 in R^{1x6}", "z1 = a0.W1 + 1.b1, 1 in R^{784x1}",
        WRONG, truth="C1.z",
        written=lambda r: added(product(r["C1.a"], r["C1.W"]), r["C1.b"]),
        right=lambda r: added(product(r["C1.a"], r["C1.W"]), product(ones(784), r["C1.b"])),
    ),
    Statement(
        "S34", "forward, input", "MNIST as X in R^{32x32x1}, nothing about padding",
        "28x28 padded with 2 pixels of background on each side", AMBIGUOUS,
        truth=lambda r: F.pad(torch.tensor(digit() / 255), (2, 2, 2, 2))[0, :, :, None],
        written=lambda r: reshaped(digit(), (32, 32, 1)),
        right=lambda r: idx.to_input(digit(), "modern")[0, 0, :, :, None],
    ),
    Statement(
        "S35", "introduction", "counts for each layer, no totals; C3 is dense without a word",
        "totals 60,000 (1998) and 61,706 (modern); 1,516 and 2,416 in C3", COSMETIC,
        truth=lambda r: [run("1998").count(), r.count()],
        written=lambda r: [
            156 + 12 + 1516 + 32 + 48120 + 10164,
            156 + 2416 + 48120 + 10164 + 850,
        ],
    ),
)  # fmt: skip
