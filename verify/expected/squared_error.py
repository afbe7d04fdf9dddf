"""What a trace of the squared error of one-hot targets holds."""

from __future__ import annotations

from lenet_ref.specs.squared_error import SquaredError
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "probs": ("squared_error.probs", "x"),
    "data": ("squared_error.data", "x labels"),
    "dx": ("squared_error.dx", "x labels"),
}
REGULARISED = True
"""Whether the sum of squares of the weights is added to it."""


def symbols(loss: SquaredError) -> Symbols:
    """Outputs that are compared as they are have no probabilities."""
    return {k: v for k, v in SYMBOLS.items() if loss.on == "softmax" or k != "probs"}


def transcendental(loss: SquaredError) -> tuple[str, ...]:
    """Symbols that integers do not make exact: none on the outputs, which are divided by the
    batch, and perhaps by the classes, at the end."""
    return ("probs", "data", "total", "dx") if loss.on == "softmax" else ()
