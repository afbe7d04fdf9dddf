"""Convolutions by a bank of filters, dense or by a connection table, no padding."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lenet_ref import connections
from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array, Pair

__all__ = ["Convolution"]


@dataclass(frozen=True)
class Convolution(Layer):
    """maps_in maps of size (height, width) to maps_out, without padding.

    kernel, stride: (down, across); activation: name of a file of lenet_ref/activations; table:
    which input maps each output map reads, a tuple for each output map; None for all of them.
    """

    maps_in: int
    maps_out: int
    size: Pair
    kernel: Pair = (5, 5)
    stride: Pair = (1, 1)
    activation: str = "relu"
    table: connections.Table | None = None
    family: ClassVar[str] = "convolution"
    decayed: ClassVar[bool] = True
    read: ClassVar[tuple[str, ...]] = ("maps_in", "size")

    @property
    def input_shape(self) -> Shape:
        """(C, H, W)."""
        return (self.maps_in, *self.size)

    @property
    def output_shape(self) -> Shape:
        """(K, OH, OW), OH = (H - kh) // stride + 1: rows that no kernel reaches are not read."""
        sizes = zip(self.size, self.kernel, self.stride, strict=True)
        return (self.maps_out, *((size - k) // stride + 1 for size, k, stride in sizes))

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """W (K, C, kh, kw) and b (K,)."""
        return {"W": (self.maps_out, self.maps_in, *self.kernel), "b": (self.maps_out,)}

    @property
    def fan_in(self) -> Array:
        """kh kw times the maps read: C3 of 1998 has 75, 100 or 150 by map."""
        area = math.prod(self.kernel)
        if self.table is None:
            return per_unit(self.maps_out, self.maps_in * area)
        return np.array([len(sources) * area for sources in self.table], float)

    @property
    def trainable(self) -> int:
        """Dead links do not count."""
        return int(self.fan_in.sum()) + self.maps_out

    @property
    def connections(self) -> int:
        """Every unit of a map has the map's weights and bias."""
        return self.trainable * math.prod(self.output_shape[1:])

    @property
    def operation(self) -> str:
        """``conv 5x5, relu``."""
        kind = "conv" if self.table is None else "conv by Table I"
        return f"{kind} {self.kernel[0]}x{self.kernel[1]}, {self.activation}"

    def unfit(self) -> str:
        """A kernel that fits, and a table of maps that there are, each read once."""
        for sources in self.table or ():
            if max(sources) >= self.maps_in or len({*sources}) < len(sources):
                return f"maps 0 to {self.maps_in - 1} in the table, each once for a map"
        if self.table is not None and len(self.table) != self.maps_out:
            return f"a table of {self.maps_out} maps"
        return super().unfit()

    def live(self, symbol: str) -> Array | None:
        """The links of the table, (K, C, 1, 1)."""
        if symbol != "W" or self.table is None:
            return None
        return connections.mask(self.table, self.maps_in)[:, :, None, None].astype(float)
