"""What was handed on is not what was received: another parameter, order or pattern."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.guards import NOTHING
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.mistakes.mistake import Mistake
from verify.mistakes.pooled_activations import in_place
from verify.mistakes.situation import Situation
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma


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


def times(e: Situation, factor: float) -> Tensor:
    """The images in another range."""
    return factor * e.oracle if e.step.inputs[0] == "images" else NOTHING


def centred(e: Situation) -> Tensor:
    """Without its mean; the one that was taken away, if it is the mean but for the order of a sum
    of all elements."""
    mean, least = e.oracle.mean(), e.oracle.abs().argmin()  # there the difference rounds least
    taken = (e.oracle - e.subject).reshape(-1)[least]
    rounding = gamma(e.oracle.numel(), UNIT_ROUNDOFF[e.dtype]) * e.oracle.abs().mean()
    return e.oracle - (taken if bool((taken - mean).abs() <= rounding) else mean)


def channels_last(e: Situation) -> Tensor:
    """A volume flattened, or a flat gradient made a volume, with its maps last."""
    source = e.value(e.step.inputs[0])
    if (source.ndim, e.oracle.ndim) == (4, 2):
        return source.permute(0, 2, 3, 1).reshape(e.oracle.shape)
    if (source.ndim, e.oracle.ndim) != (2, 4):
        return NOTHING
    n, c, h, w = e.oracle.shape
    return source.reshape(n, h, w, c).permute(0, 3, 1, 2)


MISTAKES = {
    "link": (
        Mistake("flattened-channels-last", "has its maps last where it is flattened: (i, j, c) for "
                "(c, i, j)", "field notes A19", channels_last),
        Mistake("range:divided", "is divided by 255: images are in the range they are given in",
                "field notes E5, E6", lambda e: times(e, 1 / 255)),
        Mistake("range:multiplied", "is multiplied by 255: images are in the range they are given "
                "in", "field notes E5, E6", lambda e: times(e, 255)),
        Mistake("transposed", "is (N, D) in memory read as (D, N): reshaped where it must be "
                "flattened pattern by pattern", "field notes A19", read_by_column),
        Mistake("first-pattern-for-all", "is the first pattern's for every pattern", "index slip",
                lambda e: NOTHING if e.batch == 1 or not e.oracle.ndim
                else e.oracle[:1].expand(e.oracle.shape)),
        Mistake("mean-removed", "has its mean taken away", "field notes E6",
                centred, fitted=1),
    ),
    **{
        op: (Mistake("changed-in-place", "holds y: the activation wrote into the array it was "
                     "handed", "field notes B19, C22", in_place),)
        for op in ("convolution.z", "affine.z", "subsampling.z")
    },
}  # fmt: skip
