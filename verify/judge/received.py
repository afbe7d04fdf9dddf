"""What a layer can do nothing about: NaN and Inf that it was handed."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.expected.step import Step
from verify.oracle.evaluation import Evaluation

STAND_INS = (0.0, 1e30, -1e30)
"""Put in place of what is no number: an element that changes with them follows from it."""


def affected(evaluation: Evaluation, step: Step) -> Tensor | None:
    """Elements of a step's result that follow from inputs that are not finite; None where all
    inputs are.  Which of two rightful answers a subject gives there (a comparison with NaN, a
    product of 0 and Inf) is no mistake of this layer."""
    names = [name for name in step.inputs if name != "labels"]
    values = {name: evaluation.value(name) for name in names}
    if all(bool(torch.isfinite(value).all()) for value in values.values()):
        return None
    results = [_with(evaluation, step, values, number) for number in STAND_INS]
    first = results[0]
    moved = torch.zeros(first.shape, dtype=torch.bool)
    for other in results:
        moved |= (other != first) | ~torch.isfinite(other.to(torch.float64))
    return moved


def _with(evaluation: Evaluation, step: Step, values: dict[str, Tensor], number: float) -> Tensor:
    """The step's result with a number in place of each that is none."""
    tame = {k: torch.where(torch.isfinite(v), v, number) for k, v in values.items()}
    return evaluation.on(tame).computed(step.tensor)
