"""What a trace of max pooling holds."""

from __future__ import annotations

import math

from lenet_ref.specs.layer import Shape
from lenet_ref.specs.max_pool import MaxPool
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "a": ("max_pool.a", "x"),
    "argmax": ("max_pool.argmax", "x"),
    "z": ("max_pool.z", "x"),
    "y": ("link", "z"),
    "dz": ("link", "dy"),
    "da": ("max_pool.da", "x dz"),
    "dx": ("max_pool.dx", "x dz"),
}


ACTIVATED: Symbols = {"y": ("activation.y", "z"), "dz": ("activation.dz", "dy z")}
"""In their place where an activation follows."""


def symbols(layer: MaxPool) -> Symbols:
    """All of them, whatever the options."""
    return {**SYMBOLS, **ACTIVATED} if layer.activation else SYMBOLS


def inner_shapes(layer: MaxPool, n: int) -> dict[str, Shape]:
    """Forward symbols but x, W and b, for n patterns: a has a row for each window,
    argmax a place in it for each output."""
    y = (n, *layer.output_shape)
    return {"a": (math.prod(y), math.prod(layer.window)), "argmax": y, "z": y, "y": y}
