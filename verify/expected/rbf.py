"""What a trace of radial basis functions holds."""

from __future__ import annotations

from lenet_ref.specs.layer import Shape
from lenet_ref.specs.rbf import RadialBasis
from verify.expected.step import Symbols

SYMBOLS: Symbols = {
    "y": ("rbf.y", "x W"),
    "dx": ("rbf.dx", "x W dy"),
    "dW": ("rbf.dW", "x W dy"),
}


def symbols(layer: RadialBasis) -> Symbols:
    """Fixed codes have no gradient."""
    return {k: v for k, v in SYMBOLS.items() if layer.learned or k != "dW"}


def inner_shapes(layer: RadialBasis, n: int) -> dict[str, Shape]:
    """Forward symbols but x, W and b, for n patterns: nothing stands between x and y."""
    return {"y": (n, layer.classes)}
