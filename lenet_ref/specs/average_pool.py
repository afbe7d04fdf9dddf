"""Average pooling without a coefficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.specs.pool import Pool

__all__ = ["AveragePool"]


@dataclass(frozen=True)
class AveragePool(Pool):
    """The mean of each window; no parameters.

    What most LeNets call "average pooling" or "subsampling": the trainable coefficient and bias
    of 1998 (:class:`lenet_ref.specs.subsampling.Subsampling`) are left out.

    activation: what follows the mean, written as :mod:`lenet_ref.specs.activation` reads it;
    empty: nothing.
    """

    activation: str = ""
    family: ClassVar[str] = "average_pool"
    section: ClassVar[str] = "average_pool"

    @property
    def operation(self) -> str:
        """``average 2x2``, ``average 3x3 stride 2, tanh``."""
        return f"average {self.windows}" + (f", {self.activation}" if self.activation else "")
