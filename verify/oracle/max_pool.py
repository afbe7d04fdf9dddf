"""Oracle of the modern S2 and S4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.max_pool import MaxPool
from verify.expected.step import Step, spec_of
from verify.oracle import windows
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["NODES", "OPERATIONS", "pool", "position", "run"]


def pool(x: Tensor, layer: MaxPool) -> Tensor:
    """z: (N, C, H, W) to (N, C, OH, OW)."""
    return F.max_pool2d(x, layer.window)


def position(x: Tensor, layer: MaxPool) -> Tensor:
    """Position of the maximum inside its window, (N, C, OH, OW), row-major."""
    flat = F.max_pool2d(x, layer.window, return_indices=True)[1]
    width = x.shape[3]
    row, column = torch.div(flat, width, rounding_mode="floor"), flat % width
    return row % layer.window[0] * layer.window[1] + column % layer.window[1]


def run(layer: MaxPool, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: z, and y as a tensor of its own."""
    z = pool(x, layer)
    return {"z": z, "y": z.view_as(z)}


def _argmax(ev: Evaluation, step: Step) -> Tensor:
    return position(ev.value(step.inputs[0]), spec_of(step))


_DX = gradient("max_pool", "x", "dz")
NODES: Nodes = {"max_pool": Node(("x",), pool)}
OPERATIONS: Operations = {
    "max_pool.a": windows.of_input,
    "max_pool.argmax": _argmax,
    "max_pool.z": forward("max_pool"),
    "max_pool.da": windows.of(_DX),
    "max_pool.dx": _DX,
}
