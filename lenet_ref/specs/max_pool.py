"""Max pooling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.pool import Pool

__all__ = ["SHARED", "TIES", "MaxPool"]
SHARED = ("all", "divided")
TIES = ("first", "last", "column-major", *SHARED)
"""To which of several maxima of a window the gradient goes: to the first or the last in row-major
order, to the first down the columns, whole to each of them, or divided among them."""


@dataclass(frozen=True)
class MaxPool(Pool):
    """The largest element of each window; no parameters, no activation.

    ties: one of TIES; where the gradient is shared no position wins, and argmax is the first's.
    """

    ties: str = "first"
    family: ClassVar[str] = "max_pool"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {"ties": TIES}

    @property
    def operation(self) -> str:
        """``max 2x2``."""
        return f"max {self.windows}"
