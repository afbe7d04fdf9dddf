"""What pooling layers have in common: maps, and windows at equal steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array, Pair

__all__ = ["Pool"]


@dataclass(frozen=True)
class Pool(Layer):
    """Maps of size (height, width) to one value a window.

    window: (down, across); stride: from a window to the next, (down, across); None: the window,
    so that none overlap.  Rows and columns that no window reaches are not read.
    """

    maps: int
    size: Pair
    window: Pair = (2, 2)
    stride: Pair | None = field(default=None, kw_only=True)
    read: ClassVar[tuple[str, ...]] = ("maps", "size")

    @property
    def step(self) -> Pair:
        """From a window to the next, (down, across)."""
        return self.stride or self.window

    @property
    def input_shape(self) -> Shape:
        """(C, H, W)."""
        return (self.maps, *self.size)

    @property
    def output_shape(self) -> Shape:
        """(C, OH, OW), OH = (H - kh) // stride + 1."""
        sizes = zip(self.size, self.window, self.step, strict=True)
        return (self.maps, *((size - window) // step + 1 for size, window, step in sizes))

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
    def cover(self) -> int:
        """The most windows that an element stands in: 1 where none overlap."""
        count = zip(self.window, self.step, self.output_shape[1:], strict=True)
        return math.prod(min(-(-window // step), most) for window, step, most in count)

    @property
    def tiled(self) -> bool:
        """Every element stands in exactly one window."""
        whole = all(size % side == 0 for size, side in zip(self.size, self.window, strict=True))
        return whole and self.step == self.window

    @property
    def windows(self) -> str:
        """``2x2``, ``3x3 stride 2``, ``3x2 stride 1x2``."""
        down, across = self.step
        text = f"{self.window[0]}x{self.window[1]}"
        if self.step == self.window:
            return text
        return f"{text} stride {down}" + (f"x{across}" if across != down else "")
