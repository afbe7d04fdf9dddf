"""What the general hypotheses name: the right result times one factor, in other places, or in
fewer bits.  They belong to no operation; each is planted where people make it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from verify.mistakes.geometry import shifted
from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Formula, Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.slices import MOST
from verify.proof.planting.entry import DERIVED, Entry, Home

__all__ = [
    "BIASES",
    "INPUTS",
    "OVER_POSITIONS",
    "PARAMETERS",
    "ROWS",
    "STORED",
    "WEIGHTS",
    "A",
    "General",
    "S",
    "averaged",
    "averaged_over_positions",
    "by_map",
    "general",
    "of_squash",
    "times",
]  # fmt: skip
A, S = 1.7159, 2 / 3


class General(Entry):
    """A general mistake in one operation: named by its kind, in whatever words."""


def times(factor: float) -> Formula:
    """The right result times one number."""
    return lambda e: factor * e.oracle


def of_squash(factor: float) -> Formula:
    """The same where the layer has the constants A and S."""
    return lambda e: factor * e.oracle if e.spec.activation == "squash" else NOTHING


def by_map(e: Situation) -> Tensor:
    """The first map counted once for each map, the second once less, and so on, none so often that
    nobody would take it for a count."""
    count = torch.arange(len(e.oracle), 0, -1, dtype=torch.float64).clamp(max=MOST)
    return e.oracle * count.reshape(-1, *(1 for _ in e.oracle.shape[1:]))


def averaged(e: Situation) -> Tensor:
    """Divided by the rows that should be summed."""
    return e.oracle / (e.shape("dz")[0] * _positions(e))


def averaged_over_positions(e: Situation) -> Tensor:
    """Summed over the batch, divided by the positions."""
    return e.oracle / _positions(e)


def _positions(e: Situation) -> int:
    return math.prod(e.shape("dz")[2:])


INPUTS = (
    *("convolution.da", "convolution.dx", "affine.dx", "activation.dz"),
    *("max_pool.da", "max_pool.dx", "subsampling.ds", "subsampling.da", "subsampling.dx"),
)
WEIGHTS, BIASES = ("convolution.dW", "affine.dW"), ("convolution.db", "affine.db")
PARAMETERS = (*WEIGHTS, *BIASES, "subsampling.dW", "subsampling.db")
OVER_POSITIONS = ("convolution.dW", "convolution.db", "subsampling.dW", "subsampling.db")
STORED = ("convolution.a", "convolution.z", "affine.z", "activation.y", "subsampling.s", "rbf.y",
          "convolution.dx", *PARAMETERS)  # fmt: skip

ROWS: tuple[tuple[str, str, Formula, tuple[str, ...]], ...] = (
    ("sign", "sign slip", times(-1), (*INPUTS, *PARAMETERS)),
    ("zero", "field notes C17", times(0), (*INPUTS, *PARAMETERS)),
    ("half", "factor slip", times(1 / 2), (*INPUTS, *PARAMETERS)),
    ("double", "field notes C2", times(2), (*INPUTS, *PARAMETERS)),
    ("quarter", "field notes C29", times(1 / 4), ("subsampling.z",)),
    ("averaged-over-rows", "field notes C1; errata S17, S18", averaged, PARAMETERS),
    ("averaged-over-positions", "field notes C2", averaged_over_positions, OVER_POSITIONS),
    ("lost-S", "field notes C25", of_squash(1 / S), ("activation.dz",)),
    ("lost-A", "field notes C25", of_squash(1 / A), ("activation.dz",)),
    ("rounded-AS", "erratum of the source", of_squash(1.14393 / (A * S)), ("activation.dz",)),
    ("rotated", "field notes C16", lambda e: e.oracle.flip(2, 3), ("convolution.dW",)),
    ("transposed-space", "H and W swapped", lambda e: e.oracle.mT,
     ("convolution.z", "convolution.dW")),
    ("shifted", "field notes C14", lambda e: shifted(e.oracle, 2, 1), ("convolution.dx",)),
    ("reversed-axes", "ported code", lambda e: e.oracle.permute(3, 2, 1, 0).reshape(e.oracle.shape),
     ("convolution.dW", "convolution.dx")),
    ("axes-order", "another framework's layout",
     lambda e: e.oracle.permute(0, 2, 3, 1).reshape(e.oracle.shape),
     ("convolution.dW", "convolution.dx", "max_pool.dx")),
    ("factors-axis-0", "field notes D11", by_map,
     ("convolution.dW", "affine.dW", "subsampling.dW", "subsampling.db", "convolution.db")),
    ("permuted-axis-0", "index slip", lambda e: e.oracle.flip(0),
     (*WEIGHTS, *BIASES, "convolution.z")),
    ("permuted-axis-1", "channel order", lambda e: e.oracle.flip(1),
     ("convolution.z", "convolution.dx")),
    ("lower-precision", "field notes E", lambda e: e.oracle.to(torch.float32).double(), STORED),
)  # fmt: skip


def general(place: Home = DERIVED) -> Iterator[General]:
    """Every general mistake in every operation that it is planted in."""
    for kind, source, formula, operations in ROWS:
        for operation in operations:
            found = General(operation, Mistake(kind, "", source, formula), place)
            if found.layers or not place.alone:
                yield found
