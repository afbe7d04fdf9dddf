"""Max pooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.pool import Pool

__all__ = ["MaxPool"]


@dataclass(frozen=True)
class MaxPool(Pool):
    """The largest element of each window; no parameters, no activation."""

    family: ClassVar[str] = "max_pool"

    @property
    def operation(self) -> str:
        """``max 2x2``."""
        return f"max {self.windows}"
