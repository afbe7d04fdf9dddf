"""One row of the table of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from verify.mistakes.situation import Situation

__all__ = ["Formula", "Mistake"]
Formula = Callable[[Situation], Tensor]


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make in one operation.

    name: unique under its operation; of several of one kind, ``kind:which``.
    sentence: completes "<tensor> ...".
    source: where it is known from: an item of the field notes (A12), of the errata (S7), of the
    paper; or what kind of slip it is.
    formula: the mistaken result; one that fits a parameter to the subject has an example, the
    same with the parameter chosen.
    """

    name: str
    sentence: str
    source: str
    formula: Formula
    example: Formula | None = None

    @property
    def kind(self) -> str:
        """What reports call it."""
        return self.name.partition(":")[0]
