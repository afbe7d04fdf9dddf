"""What a trace of the maximum a posteriori criterion (paper, eq. 9) holds."""

from __future__ import annotations

from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("map.probs", "x"),
    "data": ("map.data", "x labels"),
    "dx": ("map.dx", "x labels"),
}
REGULARISED = False
"""Whether the sum of squares of the weights is added to it."""
