"""When a comparison could not have failed: reasons to mistrust a passing row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lenet_ref.architecture import Loss
from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import activation_of, function_of, kinked, rectified
from verify.cases.case import Case
from verify.expected.step import Step, spec_of
from verify.judge.reasons import Plain, Reason
from verify.oracle.evaluation import Evaluation
from verify.oracle.windows import windows
from verify.tolerance.bound import LARGEST_EXACT_INTEGER, Bound

__all__ = ["FEW", "INEXACT_RULES", "KEEP_SIGN", "MEANS", "SQUARES", "coarse", "constant",
           "doubts", "inexact", "may_be_zero", "never_negative", "power_of_two", "rounds",
           "tied"]  # fmt: skip

INEXACT_RULES = ("function", "softmax", "log-sum-exp")
MEANS = ("mle.data", "mle.dx")
SQUARES = ("squared_error.data", "squared_error.dx")
KEEP_SIGN = ("link", "max_pool.z", "average_pool.z")
FEW = 64
_COARSE, _FINE = 2**3, 2**10


def may_be_zero(case: Case, step: Step) -> bool:
    """Tensors that may be zero: parameters, which were handed in and prove nothing, whatever they
    are; a regulariser that is off, or has no weights; probabilities of codes at integer distances
    of millions, the slope of a softmax of integer logits; places in windows of one element."""
    spec = spec_of(step)
    if case.tier == "exact" and step.op == "map.probs":
        return True
    if case.tier == "exact" and step.op == "squared_error.dx" and spec.on == "softmax":
        return True
    if step.op == "max_pool.argmax" and math.prod(spec.window) == 1:
        return True
    if step.inputs and step.inputs[0].startswith("given."):
        return True
    off = isinstance(step.spec, Loss) and (step.spec.reg == 0 or not step.inputs)
    return step.op == "regulariser.reg" and off


def doubts(case: Case, step: Step, evaluation: Evaluation) -> Reason | None:
    """Why the data of this row make its check vacuous; None if they do not."""
    if step.symbol == "dy" and constant(evaluation.value(step.inputs[0])):
        return Plain.CONSTANT_UPSTREAM
    if kinked(step.spec) and step.op.startswith("activation."):
        z = f"{step.layer}.z"
        negative = bool((evaluation.value(z) < 0).any()) or never_negative(evaluation, z)
        return None if negative else Plain.NO_NEGATIVE_INPUT
    if step.op == "max_pool.argmax" and case.ties:
        found = bool(tied(evaluation.value(step.inputs[0]), step).any())
        return None if found else Plain.NO_TIE
    return None


def never_negative(evaluation: Evaluation, name: str) -> bool:
    """A tensor that is pooled from what a rectifier or a logistic function gave, whatever the
    data."""
    step = evaluation.steps.get(name)
    if step is None:
        return False
    if step.op in KEEP_SIGN:
        return never_negative(evaluation, step.inputs[0])
    positive = rectified(step.spec) or function_of(step.spec) == "logistic"
    return step.op == "activation.y" and positive


def constant(t: Tensor) -> bool:
    """More than one element, all the same."""
    return t.numel() > 1 and bool((t == t.reshape(-1)[0]).all())


def tied(x: Tensor, step: Step) -> Tensor:
    """(rows,) True where the maximum of a pooling window is reached more than once."""
    rows = windows(x, step.spec)  # type: ignore[arg-type]
    return (rows == rows.amax(dim=1, keepdim=True)).sum(dim=1) > 1


def inexact(
    step: Step, bound: Bound, result: Tensor, dtype: str, inputs: Sequence[Tensor] = ()
) -> Plain | None:
    """Why a row of the exact tier is not exact after all; None if it is.

    Inputs on a grid of eighths have products on a grid of 64ths; with a coefficient of 1/4 or
    1/2 the result is on a grid of 2^-10.  Every partial sum, in any order, is then a multiple of
    2^-10 no larger than M, so M 2^10 below the largest exact integer makes all of them exact.
    """
    if bound.rule in INEXACT_RULES or step.op == "total":
        return Plain.TRANSCENDENTAL
    if rounds(step):
        return Plain.CONSTANT_NOT_EXACT
    if not power_of_two(_divisor(step, inputs)):
        return Plain.MEAN_NOT_EXACT
    terms = inputs[0].numel() if step.op in SQUARES else 1  # a mean of squares is divided last
    if float(bound.magnitude.max()) * _FINE * terms > LARGEST_EXACT_INTEGER[dtype]:
        return Plain.SUMS_TOO_LARGE
    if not all(map(coarse, inputs)):
        return Plain.INPUTS_OFF_GRID
    if not (_on_grid(result, _FINE) and _on_grid(bound.magnitude, _FINE)):
        return Plain.VALUES_OFF_GRID
    return None


def _divisor(step: Step, inputs: Sequence[Tensor]) -> int:
    """What a sum over the batch, and perhaps over the classes, is divided by."""
    if step.op in MEANS:
        return len(inputs[0])
    if step.op in SQUARES:
        return len(inputs[0]) * (inputs[0].shape[1] if spec_of(step).classes == "mean" else 1)
    return 1


def rounds(step: Step) -> bool:
    """An activation's parameter is no multiple of an eighth: leaky with a slope of 1/4 or 1/8 is
    exact on the grid, with one of 1/100 it is not."""
    if step.op not in ("activation.y", "activation.dz", "masked.dx"):
        return False
    return not all((own * _COARSE).is_integer() for own in parts(activation_of(step.spec))[1])


def power_of_two(n: int) -> bool:
    """Products with it, and quotients by it, do not round."""
    return n & (n - 1) == 0


def coarse(t: Tensor) -> bool:
    """All elements are multiples of an eighth."""
    return _on_grid(t, _COARSE)


def _on_grid(t: Tensor, per_unit: int) -> bool:
    """A few of the elements first: nearly always they are no whole numbers already."""
    values = t.numpy().reshape(-1)
    return _whole(values[:: len(values) // FEW or 1], per_unit) and _whole(values, per_unit)


def _whole(values: NDArray[Any], per_unit: int) -> bool:
    scaled = values * np.float64(per_unit)
    return bool((scaled == np.rint(scaled)).all() and np.isfinite(scaled).all())
