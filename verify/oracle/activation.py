"""Oracle of the activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.oracle.node import Node, Nodes, Operations, forward, gradient, vector_jacobian

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

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


def _masked(ev: Evaluation, step: Step) -> Tensor:
    """An error through the activation of the layer below, for the layer above that masks it."""
    z = ev.value(step.inputs[1]).detach().requires_grad_()
    return vector_jacobian(_node(z, spec_of(step)), z, ev.value(step.inputs[0]))


NODES: Nodes = {"activation": Node(("z",), _node)}
OPERATIONS: Operations = {
    "activation.y": forward("activation"),
    "activation.dz": gradient("activation", "z", "dy"),
    "masked.dx": _masked,
}
