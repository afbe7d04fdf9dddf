"""What pooling layers have in common: maps, and windows that do not overlap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array, Pair

__all__ = ["Pool"]


@dataclass(frozen=True)
class Pool(Layer):
    """Maps of size (height, width) to one value a window; window: (down, across), and divides
    the size."""

    maps: int
    size: Pair
    window: Pair = (2, 2)
    read: ClassVar[tuple[str, ...]] = ("maps", "size")

    @property
    def input_shape(self) -> Shape:
        """(C, H, W)."""
        return (self.maps, *self.size)

    @property
    def output_shape(self) -> Shape:
        """(C, H / kh, W / kw)."""
        pairs = zip(self.size, self.window, strict=True)
        return (self.maps, *(size // window for size, window in pairs))

    @property
    def fan_in(self) -> Array:
        """Elements of a window."""
        return per_unit(self.maps, math.prod(self.window))

    @property
    def connections(self) -> int:
        """Every output reads its window, and a bias where there is one."""
        bias = "b" in self.parameter_shapes
        return math.prod(self.output_shape) * (math.prod(self.window) + bias)

    @property
    def windows(self) -> str:
        """``2x2``."""
        return f"{self.window[0]}x{self.window[1]}"
