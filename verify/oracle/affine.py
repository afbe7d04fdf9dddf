"""Oracle of F6 and the modern F7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn import functional as F

from verify.oracle import activation
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient
from verify.oracle.regulariser import with_decay

if TYPE_CHECKING:
    from lenet_ref.specs.affine import Affine


def linear(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    """z: (N, D) to (N, K); b is None in a layer without."""
    return F.linear(x, W, b)


def run(layer: Affine, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: z and y."""
    z = linear(x, p["W"], p.get("b"))
    return {"z": z, "y": activation.apply(z, layer.activation)}


def _node(x: Tensor, W: Tensor, b: Tensor | None, spec: Affine) -> Tensor:
    return linear(x, W, b)


NODES: Nodes = {"affine": Node(("x", "W", "b"), _node)}
OPERATIONS: Operations = {
    "affine.z": forward("affine"),
    "affine.dx": gradient("affine", "x", "dz"),
    "affine.dW": with_decay(gradient("affine", "W", "dz")),
    "affine.db": gradient("affine", "b", "dz"),
}
