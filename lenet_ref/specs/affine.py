"""Fully connected layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array

__all__ = ["Affine"]


@dataclass(frozen=True)
class Affine(Layer):
    """Every unit reads every input; a volume is flattened to (D,) in the order (C, H, W).

    units_in: D; units_out: K; activation: name of a file of lenet_ref/activations.
    """

    units_in: int
    units_out: int
    activation: str = "relu"
    family: ClassVar[str] = "affine"
    decayed: ClassVar[bool] = True
    read: ClassVar[tuple[str, ...]] = ("units_in",)

    @property
    def input_shape(self) -> Shape:
        """(D,)."""
        return (self.units_in,)

    @property
    def output_shape(self) -> Shape:
        """(K,)."""
        return (self.units_out,)

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """W (K, D) and b (K,)."""
        return {"W": (self.units_out, self.units_in), "b": (self.units_out,)}

    @property
    def fan_in(self) -> Array:
        """D for each unit."""
        return per_unit(self.units_out, self.units_in)

    @property
    def operation(self) -> str:
        """``affine, relu``."""
        return f"affine, {self.activation}"
