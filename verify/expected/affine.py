"""What a trace of a fully connected layer holds."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from lenet_ref.specs.layer import Shape
from verify.expected.step import Symbols, unbiased

SYMBOLS: Symbols = {
    "a": ("link", "x"),
    "z": ("affine.z", "x W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "da": ("affine.dx", "dz W"),
    "dx": ("affine.dx", "dz W"),
    "dW": ("affine.dW", "x dz W"),
    "db": ("affine.db", "dz"),
}


def symbols(layer: Affine) -> Symbols:
    """Without a bias z is made of x and W alone, and there is no db."""
    return SYMBOLS if layer.bias else unbiased(SYMBOLS)


def inner_shapes(layer: Affine, n: int) -> dict[str, Shape]:
    """Forward symbols but x, W and b, for n patterns: a is x."""
    y = (n, layer.units_out)
    return {"a": (n, layer.units_in), "z": y, "y": y}
