"""What a trace of cross-entropy holds."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("cross_entropy.probs", "x"),
    "data": ("cross_entropy.data", "x labels"),
    "dx": ("cross_entropy.dx", "x labels"),
}
REGULARISED = True
"""Whether the sum of squares of the weights is added to it."""


def symbols(loss: Loss) -> Symbols:
    """All of them, whatever the options."""
    return SYMBOLS


def transcendental(loss: Loss) -> tuple[str, ...]:
    """Symbols that integers do not make exact."""
    return ("probs", "data", "total", "dx")
