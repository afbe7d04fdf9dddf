"""Undo what a mapping declares: their arrays as a trace, their case as the oracle must see it.

Where the loss or a gradient is a sum over the batch, that is declared to the oracle: it
differentiates the sum itself, and never starts from a gradient of theirs that was not judged.
Other factors are multiplied in; what that rounds, and what was rounded where ours is not, goes
along as the blur of each tensor, for the bounds to allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.handed import Handed
from verify.exchange.layout import Layout
from verify.exchange.plain import as_given, typed
from verify.exchange.plans import Plan
from verify.exchange.readings import SUMS, architecture
from verify.exchange.schema import IMAGES, LABELS
from verify.expected.step import is_gradient
from verify.judge.trace import Converted, alike
from verify.judge.trust import power_of_two
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = ["LOSS", "SECOND_ORDER", "Floats", "Undo", "as_trace", "is_parameters",
           "parameter_of"]  # fmt: skip
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
    axes = Axes(case.arch, case.batch, layout)
    shapes, trace = axes.shapes, Converted({})
    said = arrays if isinstance(arrays, Converted) else Converted({})
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
                taken = axes.taken(ours, value.shape)
                handed = Handed(theirs, value.shape, taken or Plan.none(shapes[ours]))
                value = value if taken is None else taken.to_ours(value)
                if handed.told(ours):
                    trace.elsewhere[ours] = handed.element
            if theirs in said.plain:
                blur = said.blur.get(theirs)
                blur = None if blur is None else axes.ours(ours, blur)
                value, left = as_given(case, ours, *typed(value, blur, case.dtype, ours))
                if left is not None and alike(left.shape, shapes[ours]):
                    trace.blur[ours] = left.reshape(shapes[ours])
            trace[ours] = value
    undo, dtype = Undo(case, layout), np.dtype(case.dtype)
    if undo.nothing and not trace.blur:
        return case, trace
    with np.errstate(all="ignore"):  # whatever a dump holds
        for name, value in trace.items():
            if isinstance(value, np.ndarray) and value.dtype == dtype:
                _undone(trace, name, undo, shapes[name])
    return case, trace


def _undone(trace: Converted, name: str, undo: Undo, shape: tuple[int, ...]) -> None:
    """A tensor of the trace without what the mapping declares, and what that may have rounded."""
    trace[name] = undo.value(name, trace[name])
    if name in trace.blur:
        trace.blur[name] = np.abs(undo.value(name, trace.blur[name]))
    if undo.rounds and alike(trace[name].shape, shape):
        undo.blur(trace, name, shape)


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
            found *= UNIT_ROUNDOFF[self.case.dtype] * (1 + SECOND_ORDER)
            trace.blur[name] = trace.blur.get(name, 0) + found

    @cached_property
    def nothing(self) -> bool:
        """Their numbers are ours."""
        turned = self.layout["sign"] == "negative" or self.layout["rbf"] == "half"
        halved = self.layout["loss"].startswith("half")
        return not (turned or halved or self.rounds)

    @cached_property
    def rounds(self) -> bool:
        """Something may be off by a rounding."""
        return self._scaled or self.layout["update"] != "none"

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
