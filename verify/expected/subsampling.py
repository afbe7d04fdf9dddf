"""What a trace of trainable subsampling holds."""

from __future__ import annotations

import math

from lenet_ref.specs.layer import Shape
from lenet_ref.specs.subsampling import Subsampling
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "a": ("subsampling.a", "x"),
    "s": ("subsampling.s", "x"),
    "z": ("subsampling.z", "s W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "ds": ("subsampling.ds", "dz W"),
    "da": ("subsampling.da", "ds"),
    "dx": ("subsampling.dx", "ds"),
    "dW": ("subsampling.dW", "s dz"),
    "db": ("subsampling.db", "dz"),
}


def symbols(layer: Subsampling) -> Symbols:
    """All of them, whatever the options."""
    return SYMBOLS


def inner_shapes(layer: Subsampling, n: int) -> dict[str, Shape]:
    """Forward symbols but x, W and b, for n patterns: a has a row for each window, s its sum (or
    average)."""
    y = (n, *layer.output_shape)
    return {"a": (math.prod(y), math.prod(layer.window)), "s": y, "z": y, "y": y}
