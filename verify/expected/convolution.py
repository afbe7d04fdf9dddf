"""What a trace of a convolution holds."""

from __future__ import annotations

import math

from lenet_ref.specs.convolution import Convolution
from lenet_ref.specs.layer import Shape
from verify.expected.step import Symbols, unbiased

SYMBOLS: Symbols = {
    "a": ("convolution.a", "x"),
    "z": ("convolution.z", "x W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "da": ("convolution.da", "dz W"),
    "dx": ("convolution.dx", "dz W"),
    "dW": ("convolution.dW", "x dz W"),
    "db": ("convolution.db", "dz"),
}


def symbols(layer: Convolution) -> Symbols:
    """Without a bias z is made of x and W alone, and there is no db."""
    return SYMBOLS if layer.bias else unbiased(SYMBOLS)


def inner_shapes(layer: Convolution, n: int) -> dict[str, Shape]:
    """Forward symbols but x, W and b, for n patterns: a has a row for each image and
    position, a column for each element of the field."""
    _, h, w = layer.output_shape
    y = (n, *layer.output_shape)
    return {"a": (n * h * w, layer.maps_in * math.prod(layer.kernel)), "z": y, "y": y}
