"""Oracle of the activations."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from verify.oracle.node import Node, Nodes, Operations, forward, gradient

__all__ = ["NODES", "OPERATIONS", "apply"]


def apply(z: Tensor, name: str) -> Tensor:
    """y = f(z) for relu, squash (paper, eq. 6: 1.7159 tanh(2/3 z)), logistic, tanh, identity."""
    match name:
        case "relu":
            return torch.relu(z)
        case "relu_one_at_zero":
            return torch.where(z < 0, 0.0, z)
        case "squash":
            return 1.7159 * torch.tanh(z * (2.0 / 3.0))
        case "logistic":
            return torch.sigmoid(z)
        case "tanh":
            return torch.tanh(z)
    return z.clone()


def _node(z: Tensor, spec: Any) -> Tensor:
    return apply(z, spec.activation)


NODES: Nodes = {"activation": Node(("z",), _node)}
OPERATIONS: Operations = {
    "activation.y": forward("activation"),
    "activation.dz": gradient("activation", "z", "dy"),
}
