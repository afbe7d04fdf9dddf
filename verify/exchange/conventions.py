"""Undo what a mapping declares: their arrays as a trace, their case as the oracle must see it.

Where the loss or a gradient is a sum over the batch, that is declared to the oracle: it
differentiates the sum itself, and never starts from a gradient of theirs that was not judged.
Other factors are multiplied in; what that rounds, and what was rounded where ours is not, goes
along as the blur of each tensor, for the bounds to allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    Subsampling,
)
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.layout import Layout, to_ours
from verify.exchange.schema import IMAGES, LABELS, expected
from verify.expected.step import is_gradient
from verify.expected.steps import steps
from verify.judge.trace import Converted, alike
from verify.judge.trust import power_of_two
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = [
    "LOSS",
    "SECOND_ORDER",
    "SUMS",
    "UNITS",
    "Floats",
    "Undo",
    "architecture",
    "as_trace",
    "at_kinks",
    "is_parameters",
    "parameter_of",
]  # fmt: skip
Floats = NDArray[Any]


def as_trace(
    case: Case, arrays: Mapping[str, NDArray[Any]], layout: Layout
) -> tuple[Case, Converted]:
    """The case and the tensors in our names, axes and conventions; names we do not know, and the
    inputs, are left out.

    Raises:
        InputError: a convention that this network or loss does not have.
    """
    case = replace(case, arch=architecture(case.arch, layout))
    shapes = expected(case.arch, case.batch)
    trace = Converted({})
    for theirs, value in arrays.items():
        ours = layout.ours(theirs)
        if ours in trace:
            raise InputError("two arrays for one tensor", where=f"{theirs[:80]!r}", got=ours,
                             fix='map one of them to "" in [names]')  # fmt: skip
        if ours in shapes and ours not in (IMAGES, LABELS):
            if isinstance(value, np.ndarray | np.generic):
                value = np.asarray(value)
                if not value.dtype.isnative:
                    value = value.astype(value.dtype.newbyteorder("="))
                value = to_ours(layout, ours, value, shapes[ours])
            trace[ours] = value
    undo, native = Undo(case, layout), np.dtype(case.dtype)
    for name, value in trace.items():
        if isinstance(value, np.ndarray) and value.dtype == native:
            trace[name] = undo.value(name, value)
            if alike(value.shape, shapes[name]):
                undo.blur(trace, name, shapes[name])
    return case, trace


def architecture(arch: Architecture, layout: Layout) -> Architecture:
    """The network with the readings that a mapping declares.

    Raises:
        InputError: halved distances without the MLE loss; a kink that no layer has.
    """
    arch = at_kinks(arch, layout)
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


def at_kinks(arch: Architecture, layout: Layout) -> Architecture:
    """The network whose derivatives at ties and at the zero of ReLU are the declared ones, and
    stand where it is declared: other functions, for nothing can be converted.

    Raises:
        InputError: declared of a network without such a layer.
    """
    if layout["ties"] != "first":
        pools = [replace(layer, ties=layout["ties"]) for layer in arch.layers
                 if isinstance(layer, MaxPool)]  # fmt: skip
        arch = _with(arch, pools, "ties", layout)
    if layout["relu"] != "zero-at-zero":
        units = [replace(layer, activation="relu_one_at_zero") for layer in arch.layers
                 if isinstance(layer, UNITS) and layer.activation == "relu"]  # fmt: skip
        arch = _with(arch, units, "relu", layout)
    return _masked(arch, layout)


def _masked(arch: Architecture, layout: Layout) -> Architecture:
    """Nothing can be undone where a derivative is 0: their dx is another tensor than ours."""
    changed = replace(arch, masked=layout["masked"])
    if changed != arch and steps(changed, True) == steps(replace(changed, masked="later"), True):
        raise InputError("no layer of this network hands an error down through an activation",
                         where="masked", got=layout["masked"],
                         fix="leave it out of the mapping")  # fmt: skip
    return changed


def _with(arch: Architecture, changed: Sequence[Layer], key: str, layout: Layout) -> Architecture:
    if not changed:
        raise InputError("no layer of this network has such a kink", where=key, got=layout[key],
                         fix="leave it out of the mapping")  # fmt: skip
    new = {layer.name: layer for layer in changed}
    return replace(arch, layers=tuple(new.get(layer.name, layer) for layer in arch.layers))


def _loss(loss: Loss, layout: Layout) -> Loss:
    """A summed loss has summed gradients, unless it is said that they are not."""
    if layout["regulariser"] == "no-half":
        loss = replace(loss, reg=2 * loss.reg)
    if loss.reg and layout["loss"].startswith("half"):
        raise InputError("1/2 of a loss and of its gradients, but not of the regulariser's",
                         where="loss", got=layout["loss"], fix="set --option reg=0")  # fmt: skip
    reduction = "sum" if layout["loss"] in SUMS else "mean"
    gradients = layout.chosen.get("gradients", reduction)
    return replace(loss, reduction=reduction, gradient="sum" if gradients == "sum" else "mean")


UNITS = (Convolution, Affine, Subsampling)
SUMS = ("sum", "half-sum")


def _of_gradient(name: str) -> bool:
    return is_gradient(name.rpartition(".")[2])


def is_parameters(name: str) -> bool:
    """A gradient at a parameter."""
    return name.rpartition(".")[2] in ("dW", "db")


def parameter_of(name: str) -> str:
    """C3.W of C3.dW."""
    layer, _, symbol = name.rpartition(".")
    return f"{layer}.{symbol.removeprefix('d')}"


@dataclass(frozen=True)
class Undo:
    """Their numbers as ours."""

    case: Case
    layout: Layout

    def value(self, name: str, value: Floats) -> Floats:
        """The tensor, rounded once where the factor is no power of two."""
        factor, divisor = self._factor(name), self._divisor(name)
        value = value if factor == 1 else value * value.dtype.type(factor)
        return value if divisor == 1 else value / value.dtype.type(divisor)

    def blur(self, trace: Converted, name: str, shape: tuple[int, ...]) -> None:
        """Note how far each element may be from theirs in exact arithmetic, if it may be at all.

        A quotient by N rounds once, and so does a product: whoever has gradients of the sum may
        have made them of those of the mean.  1/N at a parameter gradient is rounded, and its
        product once more.  (W - W') / lr has the rounding of W' = W - lr dW, which is about as
        large as W, that of lr dW, of the difference and of the quotient.
        """
        own, before = self._roundings(name)
        if not own:
            return
        value = trace[name].astype(np.float64).reshape(shape)
        size = np.where(np.isfinite(value), np.abs(value), 0)  # else it is off by no rounding
        found = own * size + (before * self._before(name) if before else 0)
        if found.any():
            trace.blur[name] = found * (UNIT_ROUNDOFF[self.case.dtype] * (1 + SECOND_ORDER))

    def _roundings(self, name: str) -> tuple[float, float]:
        """How many units of the tensor, and of the parameter, each element may be off by."""
        own = before = 0.0
        if _of_gradient(name) and self._scaled and not power_of_two(self.case.batch):
            own += 1
        if is_parameters(name) and self.layout["gradients"] == "parameters":
            own, before = own + 2, before + 2 * self._decay
        if is_parameters(name) and self.layout["update"] != "none":
            lost = abs(self._factor(name)) / float(self.layout["update"])
            own, before = own + 5, before + lost
        return own, before

    @property
    def _scaled(self) -> bool:
        return self.layout["loss"] in SUMS or self.layout["gradients"] != "mean"

    def _factor(self, name: str) -> float:
        factor = -1.0 if self.layout["sign"] == "negative" and _of_gradient(name) else 1.0
        if self.layout["loss"].startswith("half") and (_of_gradient(name) or name in LOSS):
            factor *= 2
        return 2 * factor if self.layout["rbf"] == "half" and self._of_halves(name) else factor

    def _of_halves(self, name: str) -> bool:
        """Of 1/2 sum (x - w)^2: distances and loss are half of ours, and every gradient below."""
        last = self.case.arch.layers[-1].name
        above = name in (f"{last}.y", "loss.x", "loss.data")
        return above or (_of_gradient(name) and name not in (f"{last}.dy", "loss.dx"))

    def _divisor(self, name: str) -> int:
        """N where the gradients on the way are those of a sum."""
        summed = self.layout["gradients"] == "parameters" and _of_gradient(name)
        return self.case.batch if summed and not is_parameters(name) else 1

    @property
    def _decay(self) -> float:
        loss = self.case.arch.loss
        return 0.0 if loss is None else loss.reg

    def _before(self, name: str) -> Floats:
        return np.abs(self.case.parameters[parameter_of(name)].astype(np.float64))


LOSS = ("loss.data", "loss.total")
SECOND_ORDER = 2.0**-10
"""What products of roundings add, with a wide margin."""
