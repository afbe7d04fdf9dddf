"""What a trace of the maximum likelihood criterion (paper, eq. 8) holds."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "data": ("mle.data", "x labels"),
    "dx": ("mle.dx", "x labels"),
}
REGULARISED = False
"""Whether the sum of squares of the weights is added to it."""


def symbols(loss: Loss) -> Symbols:
    """All of them, whatever the options."""
    return SYMBOLS


def transcendental(loss: Loss) -> tuple[str, ...]:
    """Symbols that integers do not make exact."""
    return ()
