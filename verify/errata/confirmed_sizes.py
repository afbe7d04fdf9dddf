"""Sizes and counts that the source has right."""

from __future__ import annotations

import numpy as np

from lenet_ref.connections import TABLE_I
from verify.errata.material import Array, Run
from verify.errata.statement import RIGHT, Statement
from verify.oracle import convolution

HISTORIC, MODERN, TABLE = "introduction, 1998", "introduction, modern", "introduction, table"
POOLING, FORWARD = "pooling as rows", "forward"
LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6", "F7")


def neighbours(links: Array) -> Array:
    """For each C3 map: how many S2 maps it reads, and whether they are one run (maps 5 and 0 are
    neighbours too)."""
    starts = ((links == 1) & (np.roll(links, 1, axis=1) == 0)).sum(axis=1)
    return np.stack([links.sum(axis=1), starts <= 1], axis=1).astype(float)


def shapes(r: Run, *names: str) -> list[tuple[int, ...]]:
    """Shapes of matrices of one kind."""
    return [r[name].shape for name in names]


STATEMENTS = (
    Statement(
        "R1", HISTORIC, "C1: 5.5.6 + 6 = 156 parameters", "", RIGHT, on="1998",
        truth=lambda r: r.count("C1"), written=lambda r: 5 * 5 * 6 + 6,
    ),
    Statement(
        "R2", HISTORIC, "S2: 2.6 = 12 parameters, S4: 2.16 = 32", "", RIGHT, on="1998",
        truth=lambda r: [r.count("S2"), r.count("S4")], written=lambda r: [2 * 6, 2 * 16],
    ),
    Statement(
        "R3", HISTORIC, "C3: (5.5).(3.6 + 4.6 + 4.3 + 6.1) + 16 = 1516 parameters", "", RIGHT,
        on="1998", truth=lambda r: r.count("C3"),
        written=lambda r: (5 * 5) * (3 * 6 + 4 * 6 + 4 * 3 + 6 * 1) + 16,
    ),
    Statement(
        "R4", HISTORIC, "C3 reads 3 neighbours (6 maps), 4 neighbours (6), 4 others (3), all (1)",
        "", RIGHT, on="1998", truth=lambda r: neighbours(convolution.links(TABLE_I, 6).numpy()),
        written=lambda r: [[3, 1]] * 6 + [[4, 1]] * 6 + [[4, 0]] * 3 + [[6, 1]],
    ),
    Statement(
        "R5", HISTORIC, "C5: 5.5.16.120 + 120 = 48120 parameters, F6: 120.84 + 84 = 10164", "",
        RIGHT, on="1998", truth=lambda r: [r.count("C5"), r.count("F6")],
        written=lambda r: [5 * 5 * 16 * 120 + 120, 120 * 84 + 84],
    ),
    Statement(
        "R6", MODERN, "C3: 5.5.6.16 + 16 = 2416 parameters, F7: 84.10 + 10 = 850", "", RIGHT,
        truth=lambda r: [r.count("C3"), r.count("F7")],
        written=lambda r: [5 * 5 * 6 * 16 + 16, 84 * 10 + 10],
    ),
    Statement(
        "R7", TABLE, "outputs 28x28x6, 14x14x6, 10x10x16, 5x5x16, 1x120, 1x84, 1x10", "", RIGHT,
        truth=lambda r: [int(np.prod(r.size(f"{layer}.y"))) for layer in LAYERS],
        written=lambda r: [28 * 28 * 6, 14 * 14 * 6, 10 * 10 * 16, 5 * 5 * 16, 120, 84, 10],
    ),
    Statement(
        "R8", FORWARD, "(28-2)/2+1 = 14, (14-5+2.0)/1+1 = 10, (10-2)/2+1 = 5, (5-5+2.0)/1+1 = 1",
        "", RIGHT, truth=lambda r: [r.size(f"{layer}.y")[0] for layer in LAYERS[1:5]],
        written=lambda r: [
            (28 - 2) / 2 + 1, (14 - 5 + 2 * 0) / 1 + 1, (10 - 2) / 2 + 1, (5 - 5 + 2 * 0) / 1 + 1
        ],
    ),
    Statement(
        "R9", POOLING, "(28/2)^2 = 196 windows on each map, 196.6 = 1176 in all, X in R^{1176x4}",
        "", RIGHT, truth=lambda r: shapes(r, "S2.a"),
        written=lambda r: [((28 / 2) ** 2 * 6, 2 * 2)],
    ),
    Statement(
        "R10", FORWARD, "a0 in R^{784x25}, a2 in R^{100x150}, a3 in R^{400x4}, a4 in R^{1x400}", "",
        RIGHT, truth=lambda r: shapes(r, "C1.a", "C3.a", "S4.a", "C5.a"),
        written=lambda r: [(784, 25), (100, 150), (400, 4), (1, 400)],
    ),
)  # fmt: skip
