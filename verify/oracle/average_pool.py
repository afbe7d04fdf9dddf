"""Oracle of average pooling."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.average_pool import AveragePool
from verify.oracle import activation, windows
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

__all__ = ["NODES", "OPERATIONS", "pool", "run"]


def pool(x: Tensor, layer: AveragePool) -> Tensor:
    """z: (N, C, H, W) to (N, C, OH, OW)."""
    return F.avg_pool2d(x, layer.window, layer.step)


def run(layer: AveragePool, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: z, and y as a tensor of its own."""
    z = pool(x, layer)
    return {"z": z, "y": activation.after(z, layer)}


_DX = gradient("average_pool", "x", "dz")
NODES: Nodes = {"average_pool": Node(("x",), pool)}
OPERATIONS: Operations = {
    "average_pool.a": windows.of_input,
    "average_pool.z": forward("average_pool"),
    "average_pool.da": windows.of(_DX, pool, "dz"),
    "average_pool.dx": _DX,
}
