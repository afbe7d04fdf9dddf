"""What a trace of cross-entropy holds."""

from __future__ import annotations

from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("cross_entropy.probs", "x"),
    "data": ("cross_entropy.data", "x labels"),
    "dx": ("cross_entropy.dx", "x labels"),
}
REGULARISED = True
"""Whether the sum of squares of the weights is added to it."""
