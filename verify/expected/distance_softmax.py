"""What a trace of cross-entropy over minus the distances holds."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("distance_softmax.probs", "x"),
    "data": ("distance_softmax.data", "x labels"),
    "dx": ("distance_softmax.dx", "x labels"),
}
REGULARISED = True
"""Whether the sum of squares of the weights is added to it."""


def symbols(loss: Loss) -> Symbols:
    """All of them, whatever the options."""
    return SYMBOLS


def transcendental(loss: Loss) -> tuple[str, ...]:
    """Symbols that integers do not make exact."""
    return ("probs", "data", "total", "dx")
