"""A dump with its own inputs under its own names: found by shapes and names, told by numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from lenet_ref.parameters import parameter_shapes
from verify.errors import InputError
from verify.exchange import load, own
from verify.exchange.axes import Axes
from verify.exchange.files import Raw, must_hold_some, read
from verify.exchange.layout import Layout
from verify.exchange.load import Source
from verify.exchange.schema import IMAGES, LABELS, LARGEST_BATCH, UPSTREAM, expected
from verify.pipeline.proposal.board import layouts
from verify.pipeline.proposal.doubts import shown
from verify.pipeline.proposal.guess import Guess, Proposal
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.room import Open, without_tables
from verify.pipeline.proposal.settle import settled
from verify.pipeline.proposal.usual import likeness
from verify.pipeline.proposal.usual import read as words

__all__ = ["SIZED", "own_case"]
SIZED = 24
"""Layouts that are tried whole, the plainest of those that the shapes allow."""


def own_case(path: Path, source: Source) -> Proposal:
    """The mapping under which the inputs are usable, and most numbers follow from them.

    Raises:
        InputError: images, labels or parameters are not among the arrays.
    """
    arch = source.arch
    if arch is None:
        raise InputError("which network?", fix="add --variant modern, or --network NAME")
    shapes = expected(arch, LARGEST_BATCH)
    room = Open((arch,), shapes)
    arrays = read(path, room, load.own_dtype)
    must_hold_some(arrays, path, room)
    arrays = without_tables(arrays, shapes.values())
    named = _inputs(arch, arrays, source.layout)
    best: Proposal | None = None
    for layout in list(_possible(arch, arrays, named))[:SIZED]:
        found = _tried(arch, arrays, layout, path)
        if found is not None and (best is None or found.exact > best.exact):
            best = found
    if best is None:
        raise InputError("its inputs fit this network in no layout", where=str(path),
                         fix="name them in [names] of --mapping, or another --network"
                         )  # fmt: skip
    told = [_told(guess, source) for guess in best.guesses]
    best = replace(best, guesses=tuple(told))
    axes = Axes(arch, LARGEST_BATCH, best.layout)
    return shown(best, axes, lambda other: _tried(arch, arrays, other, path) or Proposal(other, ()))


def _told(guess: Guess, source: Source) -> Guess:
    """What was found here was not declared."""
    return guess if guess.theirs in source.layout.names or guess.why != "declared" else replace(
        guess, why="an input, by its shape and name", known=False)  # fmt: skip


def _tried(arch: Architecture, arrays: Raw, layout: Layout, path: Path) -> Proposal | None:
    try:
        case = own.own_case(arch, arrays, layout, path)
    except LeNetError:
        return None
    return settled(Right(case), arrays, layout)


def _inputs(arch: Architecture, arrays: Raw, base: Layout) -> Layout:
    """With a name for each input that has none of ours."""
    labels = {name for name in arrays if _may_be_labels(arrays, name, arch)}
    named = {base.ours(name) for name in arrays}
    names = dict(base.names)
    n = max((arrays[name].size for name in labels), default=0)
    wanted = {IMAGES: (n, *arch.input_shape), **parameter_shapes(arch)}
    last = UPSTREAM if arch.loss is None else LABELS
    wanted[last] = (n, *arch.output_shape) if arch.loss is None else (n,)
    for ours, shape in wanted.items():
        if ours in named:
            continue
        pool = [k for k in arrays if k not in names and arrays[k].size == math.prod(shape)
                and (k in labels) == (ours == LABELS) and not words(k).gradient]  # fmt: skip
        if pool:
            names[max(pool, key=lambda k: likeness(k, ours, arch))] = ours
    return replace(base, names=names)


def _may_be_labels(arrays: Raw, name: str, arch: Architecture) -> bool:
    """Whole numbers in a row; in a text, where zero biases are that too, called labels."""
    value = arrays[name]
    if name in arrays.plain:
        whole = value.ndim == 1 and bool((value == np.rint(value)).all())
        return whole and likeness(name, LABELS, arch) > 3
    return value.dtype.kind in "iu" and value.ndim == 1


def _possible(arch: Architecture, arrays: Raw, named: Layout) -> Iterator[Layout]:
    """Layouts in which every parameter has its shape."""
    by_name = {named.ours(name): np.shape(value) for name, value in arrays.items()}
    n = by_name.get(LABELS, (1,))[0]
    for each in layouts():
        layout = named.also({k: v for k, v in each.chosen.items() if k not in named.chosen})
        axes = Axes(arch, n, layout)
        if all(_fits(axes, k, by_name[k]) for k in parameter_shapes(arch) if k in by_name):
            yield layout


def _fits(axes: Axes, tensor: str, shape: tuple[int, ...]) -> bool:
    """In its shape, or flat: in which order, the numbers tell."""
    return axes.fits(tensor, shape) or shape == (math.prod(axes.shapes[tensor]),)
