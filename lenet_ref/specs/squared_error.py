"""The squared error of one-hot targets as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lenet_ref.errors import OptionError
from lenet_ref.specs.loss import Loss

__all__ = ["SquaredError"]


@dataclass(frozen=True)
class SquaredError(Loss):
    """Squared differences from one-hot targets, summed or averaged over the classes, averaged (or
    summed, as ``reduction`` and ``gradient`` say) over the batch.

    on: what is compared with the targets, the last layer's "outputs" or their "softmax"; half: the
    loss holds 1/2, so that its gradient holds no 2; classes: "sum" or "mean".

    Raises:
        OptionError: a choice that there is not.
    """

    kind: str = "squared_error"
    on: str = "outputs"
    half: bool = False
    classes: str = "sum"
    choices: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "kind": ("squared_error",),
        "on": ("outputs", "softmax"),
        "classes": ("sum", "mean"),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, allowed in self.choices.items():
            if getattr(self, name) not in allowed:
                raise OptionError("no such choice", where=name, got=repr(getattr(self, name)),
                                  expected=" or ".join(allowed))  # fmt: skip

    def weight(self, classes: int) -> float:
        """Of each square in the loss of one pattern: 1/2 or 1, divided by the number of classes
        where these are averaged."""
        return (0.5 if self.half else 1.0) / (classes if self.classes == "mean" else 1)
