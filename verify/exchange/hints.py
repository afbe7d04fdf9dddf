"""What somebody most likely meant: names that are nearly right, layouts that would fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from lenet_ref.architecture import VARIANTS, Architecture
from lenet_ref.networks import PRESETS, preset
from lenet_ref.specs.layer import Shape
from verify.cases.networks import make_arch
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.layout import Layout
from verify.exchange.names import STAR, matches
from verify.exchange.schema import expected
from verify.judge.trace import alike
from verify.words import SHOWN, guessed, listed

__all__ = ["EVERYTHING", "FLAT", "check_targets", "fitting", "misfits", "told", "unknown",
           "would_fit"]  # fmt: skip

FLAT = 'covering = "full"'
"""The line that makes a convolution fully connected."""
EVERYTHING: dict[str, dict[str, Any]] = {
    "modern": {},
    "1998": {"loss": "map", "learned_codes": True},
}
"""Options under which a variant has every tensor that it can have."""


def unknown(names: Iterable[str], known: Collection[str]) -> InputError:
    """All names of a dump that no tensor has."""
    every = list(names)
    told = listed(guessed(name, known) for name in every[:SHOWN])
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return InputError(f"no such tensor: {told}{more}", expected="names such as C3.dW",
                      fix='map it in [names] of --mapping ("": ignored), or add --map')  # fmt: skip


def check_targets(layout: Layout, arch: Architecture | None = None) -> None:
    """Every name that a mapping leads to is a tensor of the network; where none was said, of one
    that has a name.

    Raises:
        InputError: the targets that are not, all at once.
    """
    known: dict[str, Shape] = {}
    for variant in VARIANTS if arch is None or arch.variant in VARIANTS else ():
        known |= expected(make_arch(variant, EVERYTHING[variant]), 1)
    for network in map(preset, PRESETS) if arch is None else (arch,):
        known |= expected(network, 1)
    wrong = [(theirs, ours) for theirs, ours in layout.names.items() if not _leads(ours, known)]
    if wrong:
        told = listed(f"{theirs[:40]!r} leads to {guessed(ours, known)}" for theirs, ours in wrong)
        raise InputError("no such tensor on the right of [names]", where="--mapping", got=told)


def _leads(ours: str, known: Mapping[str, Shape]) -> bool:
    """To a tensor or, of a pattern, to some."""
    if STAR in ours:
        return any(matches(ours, name) for name in known)
    return ours == "" or ours in known


def fitting(axes: Axes, tensor: str, got: Shape) -> str:
    """The lines of [layout] under each of which an array of shape ``got`` would be this tensor, or
    an empty string."""
    found = axes.nearest(tensor, got)
    return " or ".join(
        " and ".join(f'{key} = "{value}"' for key, value in sorted(choices.items(), reverse=True))
        for choices in found
    )


def misfits(axes: Axes, arrays: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Tensors of another shape than they must have, each with the layout that would fit."""
    for theirs, value in arrays.items():
        ours = axes.layout.ours(theirs)
        shape = axes.shapes.get(ours)
        if shape is None or not hasattr(value, "shape"):
            continue
        given = axes.ours(ours, value).shape
        fits = given == shape or alike(given, shape)
        if not fits and (would := fitting(axes, ours, value.shape)):
            yield ours, would


def would_fit(lines: str) -> str:
    """Lines of [layout], as a question."""
    words = ["transposed"] * (lines != FLAT) + ["flattened"] * (FLAT in lines)
    return f"{' or '.join(words)}? {lines} in [layout] of --mapping would fit"


def told(found: Iterable[tuple[str, str]]) -> str:
    """Misfits in one line: a layout is one mistake, however many tensors have it."""
    groups: dict[str, list[str]] = {}
    for tensor, would in dict.fromkeys(found):
        groups.setdefault(would, []).append(tensor)
    return "; ".join(f"{listed(names, 4)}: {would_fit(would)}" for would, names in groups.items())
