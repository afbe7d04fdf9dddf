"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array

__all__ = ["Affine"]


@dataclass(frozen=True)
class Affine(Layer):
    """Every unit reads every input; a volume is flattened to (D,).

    units_in: D; units_out: K; activation: name of a file of lenet_ref/activations; bias: whether
    each unit has one; flatten: the order in which a volume is, "CHW", or "HWC" with its maps last.
    """

    units_in: int
    units_out: int
    activation: str = "relu"
    bias: bool = True
    flatten: str = "CHW"
    family: ClassVar[str] = "affine"
    decayed: ClassVar[bool] = True
    read: ClassVar[tuple[str, ...]] = ("units_in",)
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"flatten": ("CHW", "HWC")}

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
        """W (K, D) and, with a bias, b (K,)."""
        b: dict[str, Shape] = {"b": (self.units_out,)} if self.bias else {}
        return {"W": (self.units_out, self.units_in), **b}

    @property
    def fan_in(self) -> Array:
        """D for each unit."""
        return per_unit(self.units_out, self.units_in)

    @property
    def operation(self) -> str:
        """``affine, relu``; ``affine no bias from HWC, tanh``."""
        bias = "" if self.bias else " no bias"
        order = "" if self.flatten == "CHW" else f" from {self.flatten}"
        return f"affine{bias}{order}, {self.activation}"
