"""Trainable subsampling of 1998."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.layer import Shape
from lenet_ref.specs.pool import Pool

__all__ = ["Subsampling"]


@dataclass(frozen=True)
class Subsampling(Pool):
    """Window sum (or average), times a coefficient, plus a bias, activation; reading: "sum"
    (paper, section II-B) or "average" (section II-A)."""

    reading: str = "sum"
    activation: str = "squash"
    family: ClassVar[str] = "subsampling"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"reading": ("sum", "average")}

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """W (C,) and b (C,), one of each for a map."""
        return {"W": (self.maps,), "b": (self.maps,)}

    @property
    def operation(self) -> str:
        """``sum 2x2, squash``."""
        return f"{self.reading} {self.windows}, {self.activation}"
