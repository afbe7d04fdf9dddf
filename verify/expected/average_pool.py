"""What a trace of average pooling holds."""

from __future__ import annotations

import math

from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.layer import Shape
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "a": ("average_pool.a", "x"),
    "z": ("average_pool.z", "x"),
    "y": ("link", "z"),
    "dz": ("link", "dy"),
    "da": ("average_pool.da", "dz"),
    "dx": ("average_pool.dx", "dz"),
}


ACTIVATED: Symbols = {"y": ("activation.y", "z"), "dz": ("activation.dz", "dy z")}
"""In their place where an activation follows."""


def symbols(layer: AveragePool) -> Symbols:
    """All of them, whatever the options."""
    return {**SYMBOLS, **ACTIVATED} if layer.activation else SYMBOLS


def inner_shapes(layer: AveragePool, n: int) -> dict[str, Shape]:
    """a has a row for each window."""
    y = (n, *layer.output_shape)
    return {"a": (math.prod(y), math.prod(layer.window)), "z": y, "y": y}
