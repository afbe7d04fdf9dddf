"""Alternative formulas: what each operation gives under a mistake people make.

A module holds a mapping ALTERNATIVES of operation to hypotheses; each hypothesis is a cause's
name, a sentence, and the mistaken formula on the layer's tensors (``e["dz"]``).  To add one,
add a line.  The first that fits is the diagnosis, so the specific stands before the general.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from verify.judge.findings import Cause
from verify.mistakes.alternatives import (
    activations,
    affine,
    connections,
    convolution,
    convolution_gradient,
    cross_entropy,
    fields,
    links,
    maximum_likelihood,
    maximum_posterior,
    pooling,
    pooling_gradient,
    rbf,
    regulariser,
    subsampling,
    subsampling_gradient,
    windows,
)
from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.hypothesis import Candidate, Evidence

Table = Mapping[str, tuple[Entry, ...]]


def merged(*tables: Table) -> dict[str, tuple[Entry, ...]]:
    """One mapping; an operation's entries stand in the order of the tables."""
    found: dict[str, tuple[Entry, ...]] = {}
    for table in tables:
        for operation, entries in table.items():
            found[operation] = found.get(operation, ()) + entries
    return found


ALTERNATIVES: dict[str, tuple[Entry, ...]] = merged(
    convolution.ALTERNATIVES,
    fields.ALTERNATIVES,
    connections.ALTERNATIVES,
    convolution_gradient.ALTERNATIVES,
    affine.ALTERNATIVES,
    activations.ALTERNATIVES,
    links.ALTERNATIVES,
    regulariser.ALTERNATIVES,
    windows.ALTERNATIVES,
    pooling.ALTERNATIVES,
    pooling_gradient.ALTERNATIVES,
    subsampling.ALTERNATIVES,
    subsampling_gradient.ALTERNATIVES,
    rbf.ALTERNATIVES,
    cross_entropy.ALTERNATIVES,
    maximum_likelihood.ALTERNATIVES,
    maximum_posterior.ALTERNATIVES,
)


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """Exchanged parameters, then the alternatives of the failing tensor's operation."""
    yield from links.parameters(e)
    for entry in ALTERNATIVES.get(e.step.op, ()):
        yield Cause(entry.name, f"{e.step.tensor} {entry.text}"), partial(entry.formula, e)
