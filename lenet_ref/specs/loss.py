"""A loss as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.errors import OptionError

__all__ = ["Loss"]


@dataclass(frozen=True)
class Loss:
    """What turns the last layer's output and the labels into a number.

    kind: its family, the name of its file in every room; j: of the rubbish class (eq. 9);
    reg: coefficient of the L2 regulariser, added once.  reduction: whether the data loss is the
    mean or the sum over the batch; gradient: of which of the two the gradients are (the same, but
    for those who print one and differentiate the other).  smoothing: part of the targets of
    cross-entropy that all classes share, 0 to 1.  A loss with other options has a subclass.

    Raises:
        OptionError: smoothing out of range, or of a loss that has none.
    """

    kind: str
    j: float = 1.0
    reg: float = 0.0
    reduction: str = "mean"
    gradient: str = "mean"
    smoothing: float = 0.0
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing <= 1:
            raise OptionError("unusable value", where="smoothing", got=self.smoothing,
                              expected="a number from 0 to 1")  # fmt: skip
        if self.smoothing and self.kind != "cross_entropy":
            raise OptionError("targets are smoothed in cross_entropy only", where="smoothing",
                              got=self.kind)  # fmt: skip
