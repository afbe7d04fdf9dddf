"""What was handed on is not what was received: another parameter, order or pattern."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.guards import NOTHING
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def parameters(e: Evidence) -> Iterator[Candidate]:
    """Another parameter of the same shape stands in this one's place."""
    source = e.step.inputs[0]
    if e.step.op != "link" or not source.startswith("given."):
        return
    for name, value in e.judge.own.base.items():
        if name.startswith("given.") and name != source and value.shape == e.oracle.shape:
            other = name.removeprefix("given.")
            text = f"{e.step.tensor} holds {other}: parameters of one shape were exchanged"
            yield Candidate(Cause("another-parameter", text), value.to(torch.float64).clone)


def read_by_column(e: Situation) -> Tensor:
    """The memory of (N, D) read as (D, N) and transposed."""
    if e.oracle.ndim != 2 or 1 in e.oracle.shape:
        return NOTHING
    return e.oracle.reshape(e.oracle.shape[::-1]).mT


def squashed(e: Situation) -> Tensor:
    """The tensor after the next function wrote its result into it."""
    same = e.spec.activation == "identity" or e["y"].shape != e.oracle.shape
    return NOTHING if same else e["y"]


MISTAKES = {
    "link": (
        Mistake("transposed", "is (N, D) in memory read as (D, N): reshaped where it must be "
                "flattened pattern by pattern", "field notes A19", read_by_column),
        Mistake("first-pattern-for-all", "is the first pattern's for every pattern", "index slip",
                lambda e: NOTHING if e.batch == 1 or not e.oracle.ndim
                else e.oracle[:1].expand(e.oracle.shape)),
        Mistake("mean-removed", "has its mean taken away", "field notes E6",
                lambda e: e.oracle - e.oracle.mean()),
    ),
    **{
        op: (Mistake("changed-in-place", "holds y: the activation wrote into the array it was "
                     "handed", "field notes B19, C22", squashed),)
        for op in ("convolution.z", "affine.z", "subsampling.z")
    },
}  # fmt: skip
