"""Pooling windows as rows, whatever is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lenet_ref.specs.pool import Pool
from verify.expected.step import Step, spec_of
from verify.oracle.node import Operation

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["of", "of_input", "windows"]


def windows(x: Tensor, layer: Pool) -> Tensor:
    """a: (N*C*OH*OW, kh*kw), one window per row."""
    kh, kw = layer.window
    corners = [x[:, :, u::kh, v::kw].flatten() for u in range(kh) for v in range(kw)]
    return torch.stack(corners, dim=1)


def of_input(ev: Evaluation, step: Step) -> Tensor:
    """a: the windows of what the layer reads."""
    return windows(ev.value(step.inputs[0]), spec_of(step))


def of(gradient: Operation) -> Operation:
    """da: the windows of a gradient at the layer's input."""
    return lambda ev, step: windows(gradient(ev, step), spec_of(step))
