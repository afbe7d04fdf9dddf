"""Oracle of the L2 regulariser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.oracle.node import Operation, Operations

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation


def regulariser(weights: list[Tensor], reg: float, dtype: torch.dtype) -> Tensor:
    """reg/2 times the sum of squares; 0, in the dtype of the case, without weights."""
    if not weights:
        return torch.zeros((), dtype=dtype)
    return torch.stack([W.square().sum() for W in weights]).sum() * (0.5 * reg)


def with_decay(gradient: Operation) -> Operation:
    """Add autograd's gradient of the regulariser to that of the weights."""

    def operation(ev: Evaluation, step: Step) -> Tensor:
        dW = gradient(ev, step)
        if not ev.reg:
            return dW
        W = ev.value(f"{step.layer}.W").detach().requires_grad_()
        return dW + torch.autograd.grad(regulariser([W], ev.reg, W.dtype), W)[0]

    return operation


def _value(ev: Evaluation, step: Step) -> Tensor:
    return regulariser([ev.value(name) for name in step.inputs], spec_of(step).reg, ev.dtype)


def _total(ev: Evaluation, step: Step) -> Tensor:
    return ev.value(step.inputs[0]) + ev.value(step.inputs[1])


OPERATIONS: Operations = {"regulariser.reg": _value, "total": _total}
