"""What the oracles of the losses have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.oracle.node import Operation

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

DataLoss: TypeAlias = Callable[[Tensor, Tensor, Any, str], Tensor]
"""Scores, labels, spec and reduction ("mean" or "sum") to the data loss, a scalar."""


def reduced(each: Tensor, reduction: str) -> Tensor:
    """The mean or the sum over the patterns."""
    return each.mean() if reduction == "mean" else each.sum()


def chosen(x: Tensor, labels: Tensor) -> Tensor:
    """Each pattern's score of its own class, (N,)."""
    return x.gather(1, labels[:, None])[:, 0]


def value(data_loss: DataLoss) -> Operation:
    """The data loss as it is reported."""

    def operation(ev: Evaluation, step: Step) -> Tensor:
        spec = spec_of(step)
        return data_loss(ev.value("loss.x"), ev.labels, spec, spec.reduction)

    return operation


def gradient(data_loss: DataLoss) -> Operation:
    """Its gradient at the scores."""

    def operation(ev: Evaluation, step: Step) -> Tensor:
        x = ev.value("loss.x").detach().requires_grad_()
        spec = spec_of(step)
        return torch.autograd.grad(data_loss(x, ev.labels, spec, spec.gradient), x)[0]

    return operation


def probs(probabilities: Callable[[Tensor, Any], Tensor]) -> Operation:
    """The probabilities of the classes."""
    return lambda ev, step: probabilities(ev.value("loss.x"), spec_of(step))
