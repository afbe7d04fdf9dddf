"""What a trace of the maximum a posteriori criterion (paper, eq. 9) holds."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("map.probs", "x"),
    "data": ("map.data", "x labels"),
    "dx": ("map.dx", "x labels"),
}
REGULARISED = False
"""Whether the sum of squares of the weights is added to it."""


def symbols(loss: Loss) -> Symbols:
    """All of them, whatever the options."""
    return SYMBOLS


def transcendental(loss: Loss) -> tuple[str, ...]:
    """Symbols that integers do not make exact."""
    return ("probs",)
