"""The families' tables, and every operation that a step can name."""

from __future__ import annotations

from lenet_ref import families
from verify.expected.step import HANDED_ON

__all__ = ["LAYERS", "LOSSES", "OPERATIONS", "REGULARISER"]
LAYERS = families.room(
    "verify.expected", tuple(families.layers()), "SYMBOLS", "symbols", "inner_shapes"
)
LOSSES = families.room("verify.expected", families.losses(), "SYMBOLS", "symbols", "transcendental",
                       "REGULARISED")  # fmt: skip
REGULARISER = ("regulariser.reg", "total")
OPERATIONS = {
    *(op for room in (LAYERS, LOSSES) for each in room.values() for op, _ in each.SYMBOLS.values()),
    *(*HANDED_ON, "masked.dx", *REGULARISER),
}
"""What oracle, truth and tolerance have an entry for, each of them."""
