"""In which order layers are told: that of their network, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases.networks import make_arch

LOSS = "loss"


def names(arch: Architecture) -> tuple[str, ...]:
    """A network's layers in order, and the loss."""
    return (*(layer.name for layer in arch.layers), LOSS)


def merged(sequences: Iterable[Sequence[str]]) -> list[str]:
    """Several networks' layers in one order: the longest as it stands, what the others have
    besides before what follows it there."""
    order: list[str] = []
    for sequence in sorted(sequences, key=len, reverse=True):
        place = len(order)
        for name in reversed(sequence):
            if name in order:
                place = order.index(name)
            else:
                order.insert(place, name)
    return order


def ordered(variant: str, seen: Iterable[Sequence[str]]) -> list[str]:
    """The layers seen of a variant; where only some of the layers of a network of ours were
    judged, each alone, in the order of that network."""
    known = [names(make_arch(variant, {}))] if variant in VARIANTS else []
    every = list(seen)
    wanted = {name for sequence in every for name in sequence}
    return [name for name in merged([*known, *every]) if name in wanted]
