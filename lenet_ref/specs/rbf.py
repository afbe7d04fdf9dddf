"""Euclidean radial basis functions: the output layer of 1998."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_ref import codes
from lenet_ref.specs.layer import Layer, Shape, per_unit
from lenet_ref.types import Array

__all__ = ["RadialBasis"]


@dataclass(frozen=True)
class RadialBasis(Layer):
    """Squared distances to the codes of the classes.

    units_in: D, components of a code, at most 84; classes: K, at most 10; learned: the codes have
    a gradient and count as trainable.
    """

    units_in: int
    classes: int
    learned: bool = False
    family: ClassVar[str] = "rbf"
    nearest: ClassVar[bool] = True
    read: ClassVar[tuple[str, ...]] = ("units_in",)

    @property
    def input_shape(self) -> Shape:
        """(D,)."""
        return (self.units_in,)

    @property
    def output_shape(self) -> Shape:
        """(K,)."""
        return (self.classes,)

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """The codes, W (K, D); there is no bias."""
        return {"W": (self.classes, self.units_in)}

    @property
    def fan_in(self) -> Array:
        """D for each class."""
        return per_unit(self.classes, self.units_in)

    @property
    def trainable(self) -> int:
        """Fixed codes do not count."""
        return super().trainable if self.learned else 0

    @property
    def connections(self) -> int:
        """Every distance reads every component of its code."""
        return self.classes * self.units_in

    @property
    def operation(self) -> str:
        """In words, for there are no options that show."""
        return "squared distance to codes"

    def unfit(self) -> str:
        """The bitmaps have 84 components, for ten classes."""
        classes, components = codes.codes().shape
        fits = self.units_in <= components and self.classes <= classes
        return "" if fits else f"at most {components} units, and {classes} classes"

    def fixed(self, symbol: str) -> Array | None:
        """The bitmaps of Fig. 3, (K, D): the first K classes, the first D components, +1 or -1."""
        return codes.codes()[: self.classes, : self.units_in]
