"""What a mistaken formula may use: the tensors of one layer, and the facts of the case.

Two things are situations: the evidence of a failing tensor, where the formula's result is held
against the subject's, and a run in which the mistake is planted, where it takes the right one's
place.  A formula cannot tell them apart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from lenet_ref.specs.layer import Shape
from verify.expected.step import Step

__all__ = ["Situation"]


class Situation(ABC):
    """One tensor of one case, all numbers in float64.

    step, spec: what the tensor is; subject, oracle: the subject's version and the right one;
    bound: what rounding explains between them; batch, dtype, reg: of the case; shapes: of every
    tensor of the network; steps: how each is made.
    """

    step: Step
    spec: Any
    subject: Tensor
    oracle: Tensor
    bound: Tensor
    batch: int
    dtype: str
    reg: float
    shapes: Mapping[str, Shape]
    steps: Mapping[str, Step]

    def __getitem__(self, symbol: str) -> Tensor:
        """A tensor of the same layer."""
        return self.value(f"{self.step.layer}.{symbol}")

    def shape(self, symbol: str) -> Shape:
        """Shape of a tensor of the same layer."""
        return self.shapes[f"{self.step.layer}.{symbol}"]

    @property
    @abstractmethod
    def labels(self) -> Tensor:
        """(N,) classes."""

    @abstractmethod
    def value(self, name: str) -> Tensor:
        """A tensor as the subject has it, or as it follows from what the subject has."""

    @abstractmethod
    def right(self, name: str) -> Tensor:
        """A tensor as it follows from what the subject has before it."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """The subject has this tensor itself."""
