"""What a trace of the maximum likelihood criterion (paper, eq. 8) holds."""

from __future__ import annotations

from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "data": ("mle.data", "x labels"),
    "dx": ("mle.dx", "x labels"),
}
REGULARISED = False
"""Whether the sum of squares of the weights is added to it."""
