"""What is proposed: for each array a tensor, for all of them one layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verify.exchange.layout import Layout

__all__ = ["Guess", "Proposal"]


@dataclass(frozen=True)
class Guess:
    """theirs: an array; ours: the tensor that it is taken for, empty if it fits nothing; why: in a
    few words; sure: its numbers say so, or its name does; factor: of the right ones; known: its
    numbers are the tensor's, but for a factor or a part; exact: but for a factor alone.
    """

    theirs: str
    ours: str
    why: str
    sure: bool = True
    factor: float = 1.0
    known: bool = False
    exact: bool = False


@dataclass(frozen=True)
class Proposal:
    """layout: names and how arrays lie; guesses: why; told: what is to be said of the layout."""

    layout: Layout
    guesses: tuple[Guess, ...]
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def unambiguous(self) -> bool:
        """Every array that was taken for a tensor surely is that."""
        return all(guess.sure for guess in self.guesses)

    @property
    def matched(self) -> int:
        """Arrays whose numbers are known."""
        return sum(guess.known for guess in self.guesses)

    @property
    def exact(self) -> int:
        """Arrays that have a tensor's numbers, or one factor of them."""
        return sum(guess.exact for guess in self.guesses)

    @property
    def right(self) -> frozenset[str]:
        """Tensors whose very numbers are there."""
        return frozenset(g.ours for g in self.guesses if g.exact and abs(g.factor - 1) < 1e-3)
