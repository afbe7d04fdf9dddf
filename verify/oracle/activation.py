"""Oracle of the activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import activation_of
from verify.expected.step import Step, spec_of
from verify.oracle.node import Node, Nodes, Operations, forward, gradient, vector_jacobian

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["NODES", "OPERATIONS", "after", "apply"]


def apply(z: Tensor, name: str) -> Tensor:
    """y = f(z) for relu, leaky(slope), squash (paper, eq. 6: 1.7159 tanh(2/3 z)), logistic, tanh,
    scaled_tanh(A, S), identity."""
    kind, own = parts(name)
    match kind:
        case "relu":
            return torch.relu(z)
        case "relu_one_at_zero":
            return torch.where(z < 0, 0.0, z)
        case "squash":
            return 1.7159 * torch.tanh(z * (2.0 / 3.0))
        case "leaky":
            return F.leaky_relu(z, own[0])
        case "scaled_tanh":
            return own[0] * torch.tanh(own[1] * z)
        case "logistic":
            return torch.sigmoid(z)
        case "tanh":
            return torch.tanh(z)
    return z.clone()


def after(z: Tensor, layer: object) -> Tensor:
    """y behind a layer that may have no activation: then z, as a tensor of its own."""
    name = activation_of(layer)
    return apply(z, name) if name else z.view_as(z)


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
