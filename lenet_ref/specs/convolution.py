"""Convolutions by a bank of filters, dense or by a connection table."""

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
    """maps_in maps of size (height, width) to maps_out.

    kernel, stride: (down, across); activation: name of a file of lenet_ref/activations; table:
    which input maps each output map reads, a tuple for each output map; None for all of them.
    padding: rows of zeros above and as many below, columns left and right; bias: whether each map
    has one; flipped: a true convolution, the kernel turned by half a turn, not a correlation.
    """

    maps_in: int
    maps_out: int
    size: Pair
    kernel: Pair = (5, 5)
    stride: Pair = (1, 1)
    activation: str = "relu"
    table: connections.Table | None = None
    padding: Pair = (0, 0)
    bias: bool = True
    flipped: bool = False
    family: ClassVar[str] = "convolution"
    decayed: ClassVar[bool] = True
    read: ClassVar[tuple[str, ...]] = ("maps_in", "size")

    @property
    def input_shape(self) -> Shape:
        """(C, H, W)."""
        return (self.maps_in, *self.size)

    @property
    def output_shape(self) -> Shape:
        """(K, OH, OW), OH = (H + 2 padding - kh) // stride + 1: rows that no kernel reaches are
        not read."""
        sizes = zip(self.size, self.kernel, self.stride, self.padding, strict=True)
        return (self.maps_out, *((size + 2 * p - k) // stride + 1 for size, k, stride, p in sizes))

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """W (K, C, kh, kw) and, with a bias, b (K,)."""
        b: dict[str, Shape] = {"b": (self.maps_out,)} if self.bias else {}
        return {"W": (self.maps_out, self.maps_in, *self.kernel), **b}

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
        return int(self.fan_in.sum()) + self.bias * self.maps_out

    @property
    def connections(self) -> int:
        """Every unit of a map has the map's weights and bias; on the padding, too."""
        return self.trainable * math.prod(self.output_shape[1:])

    @property
    def operation(self) -> str:
        """``conv 5x5, relu``; ``conv 3x2 stride 2 padding 1x0 no bias, tanh``."""
        kind = "true conv" if self.flipped else "conv"
        if self.table is not None:
            kind += " by Table I" if self.table == connections.TABLE_I else " by a table"
        kind += f" {self.kernel[0]}x{self.kernel[1]}"
        kind += "" if self.stride == (1, 1) else f" stride {_size(self.stride)}"
        kind += "" if self.padding == (0, 0) else f" padding {_size(self.padding)}"
        return f"{kind}{'' if self.bias else ' no bias'}, {self.activation}"

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


def _size(pair: Pair) -> str:
    """``2``, or ``2x1`` where the two differ."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}x{pair[1]}"
