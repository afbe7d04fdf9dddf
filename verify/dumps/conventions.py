"""Undo what a mapping declares: their arrays as a trace, their case as the oracle must see it.

Only factors that are powers of two are multiplied in, for they do not round.  A sum over the batch
is not divided by N: gradients are linear in the upstream gradient, so the oracle is started from
theirs, and only the loss and its own gradient, whose bounds have room for it, are divided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Loss, Subsampling
from verify.cases import Case
from verify.dumps.layout import Layout, to_ours
from verify.dumps.schema import IMAGES, LABELS, expected
from verify.errors import InputError
from verify.judge import Judge

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
    if "sum" in (layout["loss"], layout["gradients"]):
        return _summed(case, trace, layout)
    return case, trace


def architecture(arch: Architecture, layout: Layout) -> Architecture:
    """The network with the readings that a mapping declares."""
    if layout["subsampling"] == "average":
        layers = tuple(
            replace(layer, reading="average") if isinstance(layer, Subsampling) else layer
            for layer in arch.layers
        )
        arch = replace(arch, layers=layers)
    if layout["rbf"] == "half" and (arch.loss is None or arch.loss.kind != "mle"):
        raise InputError("halved distances are a convention of the MLE loss only", where="rbf",
                         got="half", fix="under eq. 9 they change the probabilities")  # fmt: skip
    if layout["regulariser"] == "no-half" and isinstance(arch.loss, Loss):
        arch = replace(arch, loss=replace(arch.loss, reg=2 * arch.loss.reg))
    return arch


def _doubled(case: Case, name: str, value: NDArray[Any]) -> NDArray[Any]:
    """Of 1/2 sum (x - w)^2: distances and loss are half of ours, and every gradient below F7."""
    layer, _, symbol = name.rpartition(".")
    above = name in ("F7.y", "loss.x", "loss.data")
    below = symbol.startswith("d") and layer != "loss" and name not in ("F7.dy", "loss.data")
    numbers = isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)
    return value * value.dtype.type(2) if numbers and (above or below) else value


def _summed(case: Case, trace: Trace, layout: Layout) -> tuple[Case, Trace]:
    """Gradients N times ours, and perhaps the loss."""
    n = case.batch
    first = f"{case.arch.layers[-1].name}.dy"
    given = next((trace[k] for k in (first, "loss.dx") if _usable(case, trace, k)), None)
    upstream = _oracle_gradient(case) * n if given is None else given
    scaled = ["loss.dx"]
    if layout["loss"] == "sum":
        scaled.append("loss.data")
        reg = case.arch.loss.reg if case.arch.loss else 0.0
        if reg:  # its part is not N times as large, and cannot be told apart without rounding
            trace.pop("loss.total", None)
        scaled.append("loss.total")
    for name in scaled:
        if name in trace and np.issubdtype(trace[name].dtype, np.floating):
            trace[name] = np.asarray(trace[name] / n, dtype=trace[name].dtype)
    return replace(case, upstream=upstream.astype(case.dtype)), trace


def _usable(case: Case, trace: Trace, name: str) -> bool:
    value = trace.get(name)
    shape = expected(case.arch, case.batch).get(name)
    return (
        isinstance(value, np.ndarray)
        and value.shape == shape
        and value.dtype == case.dtype
        and bool(np.isfinite(value).all())
    )


def _oracle_gradient(case: Case) -> NDArray[Any]:
    """PyTorch's own gradient of the mean loss at the last output."""
    return Judge(case, {}, with_truth=False, partial=True).free.value("loss.dx").numpy()
