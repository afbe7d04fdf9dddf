"""How a family says what torch computes: nodes, values of nodes, and gradients by autograd.

A *node* is a differentiable function of a layer; a gradient is autograd's vector-Jacobian
product of that node.  Operations that are not differentiable values of a node (gathers,
argmax) stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from verify.expected.step import Step

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

Tensors: TypeAlias = dict[str, Tensor]
Operation: TypeAlias = Callable[["Evaluation", Step], Tensor]


@dataclass(frozen=True)
class Node:
    """function(leaves..., spec) = output; leaves by symbol, None for what a layer has not."""

    leaves: tuple[str, ...]
    function: Callable[..., Tensor]


Nodes: TypeAlias = Mapping[str, Node]
Operations: TypeAlias = Mapping[str, Operation]


def vector_jacobian(output: Tensor, wanted: Tensor, cotangent: Tensor) -> Tensor:
    """Autograd's gradient of <output, cotangent>; exactly the vector-Jacobian product.

    Not ``grad_outputs=``: that imports a symbolic-shape machinery slower than a whole run.
    """
    product = torch.dot(output.reshape(-1), cotangent.reshape(-1))
    return torch.autograd.grad(product, wanted, retain_graph=True)[0]


def forward(node: str) -> Operation:
    """The value of a node."""
    return lambda ev, step: ev.node(step, node)[1].detach()


def gradient(node: str, leaf: str, upstream: str) -> Operation:
    """Autograd's gradient of a node at one of its leaves, from an upstream gradient."""

    def operation(ev: Evaluation, step: Step) -> Tensor:
        leaves, output = ev.node(step, node)
        cotangent = ev.value(f"{step.layer}.{upstream}")
        return vector_jacobian(output, leaves[leaf], cotangent)

    return operation
