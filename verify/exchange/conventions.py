"""Undo what a mapping declares: their arrays as a trace, their case as the oracle must see it.

Only factors that are powers of two are multiplied in, for they do not round.  What would round is
not undone but declared to the oracle: it differentiates the sum over the batch itself, and never
starts from a gradient of theirs that was not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Loss, Subsampling
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.layout import Layout, to_ours
from verify.exchange.schema import IMAGES, LABELS, expected

__all__ = ["Trace", "architecture", "as_trace"]
Trace = dict[str, NDArray[Any]]


def as_trace(case: Case, arrays: Mapping[str, NDArray[Any]], layout: Layout) -> tuple[Case, Trace]:
    """The case and the tensors in our names, axes and conventions; names we do not know, and the
    inputs, are left out.

    Raises:
        InputError: a convention that this network or loss does not have.
    """
    case = replace(case, arch=architecture(case.arch, layout))
    shapes = expected(case.arch, case.batch)
    trace: Trace = {}
    for theirs, value in arrays.items():
        ours = layout.ours(theirs)
        if ours in trace:
            raise InputError("two arrays for one tensor", where=f"{theirs[:80]!r}", got=ours,
                             fix='map one of them to "" in [names]')  # fmt: skip
        if ours in shapes and ours not in (IMAGES, LABELS):
            if isinstance(value, np.ndarray | np.generic):
                value = np.asarray(value, dtype=value.dtype.newbyteorder("="))
                value = to_ours(layout, ours, value, shapes[ours])
            trace[ours] = value
    if layout["rbf"] == "half":
        trace = {name: _doubled(case, name, value) for name, value in trace.items()}
    return case, trace


def architecture(arch: Architecture, layout: Layout) -> Architecture:
    """The network with the readings that a mapping declares.

    Raises:
        InputError: halved distances without the MLE loss.
    """
    if layout["subsampling"] == "average":
        layers = tuple(
            replace(layer, reading="average") if isinstance(layer, Subsampling) else layer
            for layer in arch.layers
        )
        arch = replace(arch, layers=layers)
    if layout["rbf"] == "half" and (arch.loss is None or arch.loss.kind != "mle"):
        raise InputError("halved distances are a convention of the MLE loss only", where="rbf",
                         got="half", fix="under eq. 9 they change the probabilities")  # fmt: skip
    if isinstance(arch.loss, Loss):
        arch = replace(arch, loss=_loss(arch.loss, layout))
    return arch


def _loss(loss: Loss, layout: Layout) -> Loss:
    if layout["regulariser"] == "no-half":
        loss = replace(loss, reg=2 * loss.reg)
    if layout["loss"] == "sum":
        return replace(loss, reduction="sum", gradient="sum")
    return replace(loss, gradient=layout["gradients"])


def _doubled(case: Case, name: str, value: NDArray[Any]) -> NDArray[Any]:
    """Of 1/2 sum (x - w)^2: distances and loss are half of ours, and every gradient below."""
    layer, _, symbol = name.rpartition(".")
    last = case.arch.layers[-1].name
    above = name in (f"{last}.y", "loss.x", "loss.data")
    below = symbol.startswith("d") and layer != "loss" and name != f"{last}.dy"
    numbers = isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)
    return value * value.dtype.type(2) if numbers and (above or below) else value
