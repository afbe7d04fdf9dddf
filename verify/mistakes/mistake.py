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
    same with the parameter chosen; fitted: how many real numbers it reads off the failing tensor;
    reading: the one to be said, in the sentence's ``{}``.
    """

    name: str
    sentence: str
    source: str
    formula: Formula
    example: Formula | None = None
    fitted: int = 0
    reading: Callable[[Situation], float] | None = None

    @property
    def kind(self) -> str:
        """What reports call it."""
        return self.name.partition(":")[0]

    def told(self, e: Situation) -> str:
        """The sentence, with what was read off the subject."""
        return (
            self.sentence
            if self.reading is None
            else self.sentence.format(f"{self.reading(e):.4g}")
        )
