"""Oracle of F6 and the modern F7."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def linear(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """z: (N, D) to (N, K)."""
    return F.linear(x, W, b)
