"""Where numbers alone would hide a mistake: what was exchanged, and what was transposed.

Numbers say which tensor an array is.  Where its name says another one of the same shape, somebody
may have stored it in the wrong place; where nothing but the numbers of square arrays says that they
are transposed, somebody may have forgotten to.  Neither is for a mapping to settle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import Shape
from verify.exchange.axes import Axes
from verify.exchange.conventions import is_parameters
from verify.exchange.layout import Layout
from verify.pipeline.proposal.board import KEYS, moved
from verify.pipeline.proposal.guess import Guess, Proposal
from verify.pipeline.proposal.usual import rank, read

__all__ = ["doubted", "moved_by", "shown", "tells", "trimmed"]


def doubted(
    guesses: Sequence[Guess], arch: Architecture, shapes: Mapping[str, Shape]
) -> list[Guess]:
    """The same, unsure of gradients at parameters whose names count otherwise than the others of
    their kind do; outputs, and errors on the way, are counted in too many ways.

    Args:
        guesses: of all arrays; shapes: of all tensors.
    """
    groups: dict[str, list[Guess]] = {}
    for guess in guesses:
        told = read(guess.theirs)
        renamed = guess.known and guess.theirs != guess.ours
        counted = told.number is not None or told.family
        if renamed and counted and is_parameters(guess.ours) and rank(told, _layer(guess), arch):
            kind = re.sub(r"\d+", "#", guess.theirs) if told.place else told.family
            groups.setdefault(kind, []).append(guess)
    pointed = dict[str, int]()
    for each in groups.values():
        pointed |= (_in_order if read(each[0].theirs).place else _numbered)(each, arch)
    return [_against(guess, pointed, arch, shapes) for guess in guesses]


def _layer(guess: Guess) -> str:
    return guess.ours.rpartition(".")[0]


def _numbered(guesses: Sequence[Guess], arch: Architecture) -> dict[str, int]:
    """By their names the ranks that their numbers say: people count from 0, from 1, or leave the
    first without a number, all in the same way."""
    said = [read(guess.theirs) for guess in guesses]
    numbers = [0 if told.number is None else told.number for told in said]
    off = [
        rank(told, _layer(g), arch) - n for g, told, n in zip(guesses, said, numbers, strict=True)
    ]
    counts = Counter(off)
    often = [offset for offset, count in counts.items() if count == max(counts.values())]
    usual = 0 if 0 in often or len(off) == 1 else min(often, key=abs)
    return {guess.theirs: n + usual for guess, n in zip(guesses, numbers, strict=True)}


def _in_order(guesses: Sequence[Guess], arch: Architecture) -> dict[str, int]:
    """By their names the ranks that follow from the order of places in a list."""
    told = [read(guess.theirs) for guess in guesses]
    ranks = sorted(rank(each, _layer(g), arch) for g, each in zip(guesses, told, strict=True))
    order = sorted(guesses, key=lambda guess: read(guess.theirs).number or 0)
    return {guess.theirs: each for guess, each in zip(order, ranks, strict=True)}


def _against(
    guess: Guess, pointed: Mapping[str, int], arch: Architecture, shapes: Mapping[str, Shape]
) -> Guess:
    """Unsure if the name says another tensor of the same shape."""
    told, symbol = read(guess.theirs), guess.ours.rpartition(".")[2]
    wanted = pointed.get(guess.theirs)
    named = {f"{layer.name}.{symbol}" for layer in arch.layers
             if wanted and rank(told, layer.name, arch) == wanted}  # fmt: skip
    alike = [other for other in named if shapes.get(other) == shapes[guess.ours]]
    if not alike or guess.ours in named:
        return guess
    why = f"its numbers are those of {guess.ours}, its name says {alike[0]}: exchanged?"
    return replace(guess, why=why, sure=False)


def moved_by(key: str, axes: Axes, layout: Layout) -> set[str]:
    """Tensors that lie otherwise without one choice of a layout, or have another shape."""

    def lies(one: Axes, tensor: str) -> tuple[object, ...]:
        plan = one.plan(tensor)
        return moved(plan), plan.theirs

    with_it, without = axes.under(layout), axes.under(layout.without(key))
    return {t for t in axes.forms if lies(with_it, t) != lies(without, t)}


def trimmed(layout: Layout, axes: Axes, declared: Collection[str]) -> Layout:
    """Without choices that move no tensor of the network, but for what was declared."""
    for key in [key for key in KEYS if key in layout.chosen and key not in declared]:
        if not moved_by(key, axes, layout):
            layout = layout.without(key)
    return layout


def tells(key: str, axes: Axes, layout: Layout, given: set[str]) -> bool:
    """The shape of some array shows a choice: it is not square."""
    with_it, without = axes.under(layout), axes.under(layout.without(key))
    return any(with_it.shape(name) != without.shape(name)
               for name in moved_by(key, axes, layout) & given)  # fmt: skip


def shown(found: Proposal, axes: Axes, again: Callable[[Layout], Proposal | None]) -> Proposal:
    """The same, unsure of arrays whose layout nothing shows but that their numbers are right in it.

    What is handed over in a layout shows it, too: without it, something else would come out wrong.
    An order of flattening is that of the volumes, or of the kernels, where their shapes show it.

    Args:
        again: the mapping where arrays are handed over in another layout; None if there is none.
    """
    layout, guesses = found.layout, list(found.guesses)
    given = {guess.ours for guess in guesses if guess.exact}
    seen = {key for key in layout.chosen if key in KEYS and tells(key, axes, layout, given)}
    seen |= {"flatten"} if seen & {"volumes", "convolution"} else set()
    for key in {*layout.chosen} & {*KEYS} - seen:
        turned = moved_by(key, axes, layout)
        other = again(layout.without(key)) if turned & given else None
        if not turned & given or (other is not None and not found.right - turned <= other.right):
            continue
        why = f'numbers, if {key} = "{layout[key]}"; else they are transposed'
        guesses = [replace(g, why=why, sure=False) if g.ours in turned and g.exact else g
                   for g in guesses]  # fmt: skip
    return replace(found, guesses=tuple(guesses))
