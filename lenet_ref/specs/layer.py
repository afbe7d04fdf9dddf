"""What is known of any layer: its name, its family, shapes and counts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from lenet_ref.types import Array

__all__ = ["RECTIFIERS", "Layer", "Shape", "activation_of", "per_unit", "rectified"]
RECTIFIERS = ("relu", "relu_one_at_zero")
"""Activations that are max(z, 0); they differ in the derivative at 0."""
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Layer(ABC):
    """One layer of a network.

    name: free, unique in its network; family: the name of its file in every room; activation:
    what follows its linear part, empty where nothing does; decayed: the regulariser acts on W;
    nearest: its smallest output names the class, not its largest; section: of the equations, for
    a family that stands in none of the published networks; read: fields that follow from what is
    before it; choices: what a text may be.
    """

    name: str
    family: ClassVar[str] = ""
    decayed: ClassVar[bool] = False
    nearest: ClassVar[bool] = False
    section: ClassVar[str] = ""
    read: ClassVar[tuple[str, ...]] = ()
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @property
    @abstractmethod
    def input_shape(self) -> Shape:
        """Of one pattern: (C, H, W) of a volume, (D,) of a vector."""

    @property
    @abstractmethod
    def output_shape(self) -> Shape:
        """Of one pattern: (K, OH, OW) or (K,)."""

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """W and b in PyTorch's shapes, those that there are."""
        return {}

    @property
    @abstractmethod
    def fan_in(self) -> Array:
        """Inputs of a unit of each output map or unit, (K,)."""

    @property
    def trainable(self) -> int:
        """Number of trainable parameters."""
        return sum(math.prod(shape) for shape in self.parameter_shapes.values())

    @property
    def connections(self) -> int:
        """Weights and biases that all output units read (paper, section II-B)."""
        return self.trainable

    @property
    @abstractmethod
    def operation(self) -> str:
        """What it does, in a few words."""

    def unfit(self) -> str:
        """What its input would have to be, in words; empty where this one will do."""
        sizes = (*self.input_shape, *self.output_shape)
        return "" if min(sizes) > 0 else f"one that {self.operation} fits into"

    def fixed(self, symbol: str) -> Array | None:
        """Values of a parameter, ``W`` or ``b``, in its shape, that are given and not drawn; None:
        they are drawn."""
        return None

    def live(self, symbol: str) -> Array | None:
        """1 where an element of ``W`` or ``b`` exists and 0 where it does not, broadcastable to its
        shape; None: all exist."""
        return None


def activation_of(layer: object) -> str:
    """The name of a layer's activation, empty for a family that has none."""
    return getattr(layer, "activation", "")


def rectified(layer: object) -> bool:
    """Its activation is max(z, 0)."""
    return activation_of(layer) in RECTIFIERS


def per_unit(count: int, inputs: int) -> Array:
    """The same fan-in for each of so many maps or units, (count,)."""
    return np.full(count, inputs, dtype=float)
