"""One layout for all arrays, and one tensor for each: what most of the numbers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verify.exchange.layout import Layout
from verify.exchange.plans import Array
from verify.pipeline.proposal.board import KEYS, Board
from verify.pipeline.proposal.doubts import doubted, trimmed
from verify.pipeline.proposal.fits import shaped
from verify.pipeline.proposal.guess import Guess, Proposal
from verify.pipeline.proposal.pairs import left, pairs
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.usual import GRADIENT

__all__ = ["OTHERS", "settled"]


def settled(
    right: Right, arrays: Mapping[str, Array], base: Layout, handed: bool = False
) -> Proposal:
    """The mapping that explains most.

    Args:
        arrays: by their names; base: what is declared already, and is kept; handed: inputs were
            handed over as base says, and arrays are to lie so.
    """
    board = Board(right, arrays, base, handed)
    layout = base if handed else board.best()
    layout = trimmed(replace(layout, names={}, absent=()), right.axes, base.chosen)
    guesses = _guesses(board, layout)
    guesses = doubted(guesses, right.case.arch, {k: v.shape for k, v in right.values.items()})
    names = {g.theirs: g.ours for g in guesses if g.ours != g.theirs}
    names = {**base.names, **{k: v for k, v in names.items() if base.ours(k) == k}}
    told = {key: _why(board, layout, key) for key in KEYS if key in layout.chosen}
    chosen = {k: v for k, v in base.chosen.items() if k not in KEYS or k in layout.chosen}
    return Proposal(Layout(names, chosen | layout.chosen, base.absent), tuple(guesses), told)


def _guesses(board: Board, layout: Layout) -> list[Guess]:
    """The strongest pair first; what is taken is taken."""
    taken: dict[str, Guess] = {}
    for name in board.arrays:
        ours = board.base.ours(name)
        if ours != name or name in board.right.values:  # a name of ours means what it says
            taken[name] = _declared(board, layout, name, ours)
    rest = {*board.arrays} - {*taken}
    used = {guess.ours for guess in taken.values()}
    every = sorted(pairs(board, layout, rest), key=lambda pair: -pair[0])
    for points, name, guess in every:
        if name in taken or guess.ours in used:
            continue
        rivals = [other for p, n, other in every if p == points and n == name
                  and other.ours != guess.ours and other.ours not in used]  # fmt: skip
        twins = [n for p, n, other in every if p == points and n != name and n not in taken
                 and other.ours == guess.ours]  # fmt: skip
        if not guess.known and (rivals or twins):
            continue
        taken[name] = guess
        used.add(guess.ours)
    for name in (name for name in board.arrays if name not in taken):
        if (after := _after(board, layout, name, taken, used)) is not None:
            taken[name] = after
            used.add(after.ours)
    return [taken.get(name) or left(board, layout, name, used) for name in board.arrays]


def _after(
    board: Board, layout: Layout, name: str, taken: Mapping[str, Guess], used: set[str]
) -> Guess | None:
    """An array that is called after another: ``dp1`` beside ``p1`` is the gradient at that."""
    known = {theirs: guess.ours for theirs, guess in taken.items() if guess.known}
    for theirs, ours in (known | {**board.base.names}).items():
        before, found, behind = name.partition(theirs)
        layer, _, symbol = ours.rpartition(".")
        ours = f"{layer}.d{symbol}"
        says = found and {(before + behind).strip("_./ ").lower()} <= {*GRADIENT}
        free = ours in board.right.values and ours not in used
        if says and free and shaped(board.arrays[name], board.plan(layout, ours)):
            return Guess(name, ours, f"called after {theirs}; its numbers are others")
    return None


OTHERS = "the name of a parameter that it was handed, and other numbers come back under it"


def _declared(board: Board, layout: Layout, name: str, ours: str) -> Guess:
    fit = next((fit for fit in board.under(layout, name) if fit.ours == ours), None)
    if fit is None and ours in board.given:
        return Guess(name, ours, OTHERS, False)
    why = "declared" if ours != name else "its name"
    if fit is None:
        return Guess(name, ours, why)
    return Guess(name, ours, why, True, fit.factor, True, fit.exact(board.dtype))


def _why(board: Board, layout: Layout, key: str) -> str:
    """How many arrays lie so, and would not otherwise."""
    other = layout.without(key)
    fewer = board.told(layout)[0] - board.told(other)[0]
    return f"{fewer} arrays have their numbers so" if fewer else "shapes say so"
