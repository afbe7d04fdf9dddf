"""A loss as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Loss"]


@dataclass(frozen=True)
class Loss:
    """What turns the last layer's output and the labels into a number.

    kind: its family, the name of its file in every room; j: of the rubbish class (eq. 9);
    reg: coefficient of the L2 regulariser, added once.  reduction: whether the data loss is the
    mean or the sum over the batch; gradient: of which of the two the gradients are (the same, but
    for those who print one and differentiate the other).
    """

    kind: str
    j: float = 1.0
    reg: float = 0.0
    reduction: str = "mean"
    gradient: str = "mean"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}
