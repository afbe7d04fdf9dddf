"""Every operation a step can name, as torch code: forward values and gradients by autograd.

A *node* is a differentiable function of a layer; a gradient is autograd's vector-Jacobian
product of that node.  Operations that are not differentiable values of a node (gathers,
argmax, sums of two numbers) stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from verify.expected.steps import Step
from verify.oracle import activation, affine, convolution, loss, max_pool, rbf, subsampling

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation


@dataclass(frozen=True)
class Node:
    """function(leaves..., spec) = output; leaves and output by symbol."""

    leaves: tuple[str, ...]
    function: Callable[..., Tensor]


def _activation(z: Tensor, spec: Any) -> Tensor:
    return activation.apply(z, spec.activation)


def _affine(x: Tensor, W: Tensor, b: Tensor, spec: Any) -> Tensor:
    return affine.linear(x, W, b)


def _scale(s: Tensor, W: Tensor, b: Tensor, spec: Any) -> Tensor:
    return subsampling.scale(s, W, b)


def _rbf(x: Tensor, W: Tensor, spec: Any) -> Tensor:
    return rbf.distances(x, W)


NODES: dict[str, Node] = {
    "convolution": Node(("x", "W", "b"), convolution.linear),
    "affine": Node(("x", "W", "b"), _affine),
    "activation": Node(("z",), _activation),
    "max_pool": Node(("x",), max_pool.pool),
    "window_sum": Node(("x",), subsampling.window_sum),
    "scale": Node(("s", "W", "b"), _scale),
    "rbf": Node(("x", "W"), _rbf),
}


def vector_jacobian(output: Tensor, wanted: Tensor, cotangent: Tensor) -> Tensor:
    """Autograd's gradient of <output, cotangent>; exactly the vector-Jacobian product.

    Not ``grad_outputs=``: that imports a symbolic-shape machinery slower than a whole run.
    """
    return torch.autograd.grad((output * cotangent).sum(), wanted, retain_graph=True)[0]


Operation = Callable[["Evaluation", Step], Tensor]


def _link(ev: Evaluation, step: Step) -> Tensor:
    return ev.value(step.inputs[0]).reshape(ev.shapes[step.tensor])


def _forward(node: str) -> Operation:
    return lambda ev, step: ev.node(step, node)[1].detach()


def _gradient(node: str, leaf: str, upstream: str) -> Operation:
    def operation(ev: Evaluation, step: Step) -> Tensor:
        leaves, output = ev.node(step, node)
        cotangent = ev.value(f"{step.layer}.{upstream}")
        wanted = leaves[NODES[node].leaves.index(leaf)]
        return vector_jacobian(output, wanted, cotangent)

    return operation


def _convolution_dW(ev: Evaluation, step: Step) -> Tensor:
    return with_regulariser(ev, step, _gradient("convolution", "W", "dz")(ev, step))


def _affine_dW(ev: Evaluation, step: Step) -> Tensor:
    return with_regulariser(ev, step, _gradient("affine", "W", "dz")(ev, step))


def with_regulariser(ev: Evaluation, step: Step, dW: Tensor) -> Tensor:
    """Add autograd's gradient of the regulariser."""
    if not ev.reg:
        return dW
    W = ev.value(f"{step.layer}.W").detach().requires_grad_()
    return dW + torch.autograd.grad(loss.regulariser([W], ev.reg), W)[0]


def _convolution_a(ev: Evaluation, step: Step) -> Tensor:
    return convolution.matrix_form(ev.value(step.inputs[0]), _spec(step))


def _convolution_da(ev: Evaluation, step: Step) -> Tensor:
    dz = convolution.rows(ev.value(step.inputs[0]))
    a = torch.zeros(ev.shapes[step.tensor], dtype=ev.dtype, requires_grad=True)
    product = convolution.matrix_product(a, ev.value(step.inputs[1]), _spec(step))
    return vector_jacobian(product, a, dz)


def _max_pool_argmax(ev: Evaluation, step: Step) -> Tensor:
    return max_pool.position(ev.value(step.inputs[0]), _spec(step))


def _windows(ev: Evaluation, step: Step) -> Tensor:
    return max_pool.windows(ev.value(step.inputs[0]), _spec(step))


def _windows_of(gradient: Operation) -> Operation:
    return lambda ev, step: max_pool.windows(gradient(ev, step), _spec(step))


def _loss_data(ev: Evaluation, step: Step) -> Tensor:
    spec = _spec(step)
    return loss.data_loss(ev.value("loss.x"), ev.labels, spec, spec.reduction)


def _loss_probs(ev: Evaluation, step: Step) -> Tensor:
    return loss.probabilities(ev.value("loss.x"), _spec(step))


def _loss_dx(ev: Evaluation, step: Step) -> Tensor:
    x = ev.value("loss.x").detach().requires_grad_()
    spec = _spec(step)
    return torch.autograd.grad(loss.data_loss(x, ev.labels, spec, spec.gradient), x)[0]


def _regulariser(ev: Evaluation, step: Step) -> Tensor:
    return loss.regulariser([ev.value(name) for name in step.inputs], _spec(step).reg)


def _total(ev: Evaluation, step: Step) -> Tensor:
    return ev.value(step.inputs[0]) + ev.value(step.inputs[1])


def _spec(step: Step) -> Any:
    return step.spec


_POOL_DX = _gradient("max_pool", "x", "dz")
_SUM_DX = _gradient("window_sum", "x", "ds")

OPERATIONS: dict[str, Operation] = {
    "link": _link,
    "convolution.a": _convolution_a,
    "convolution.z": _forward("convolution"),
    "convolution.da": _convolution_da,
    "convolution.dx": _gradient("convolution", "x", "dz"),
    "convolution.dW": _convolution_dW,
    "convolution.db": _gradient("convolution", "b", "dz"),
    "affine.z": _forward("affine"),
    "affine.dx": _gradient("affine", "x", "dz"),
    "affine.dW": _affine_dW,
    "affine.db": _gradient("affine", "b", "dz"),
    "activation.y": _forward("activation"),
    "activation.dz": _gradient("activation", "z", "dy"),
    "max_pool.a": _windows,
    "max_pool.argmax": _max_pool_argmax,
    "max_pool.z": _forward("max_pool"),
    "max_pool.da": _windows_of(_POOL_DX),
    "max_pool.dx": _POOL_DX,
    "subsampling.a": _windows,
    "subsampling.s": _forward("window_sum"),
    "subsampling.z": _forward("scale"),
    "subsampling.ds": _gradient("scale", "s", "dz"),
    "subsampling.da": _windows_of(_SUM_DX),
    "subsampling.dx": _SUM_DX,
    "subsampling.dW": _gradient("scale", "W", "dz"),
    "subsampling.db": _gradient("scale", "b", "dz"),
    "rbf.y": _forward("rbf"),
    "rbf.dx": _gradient("rbf", "x", "dy"),
    "rbf.dW": _gradient("rbf", "W", "dy"),
    "cross_entropy.probs": _loss_probs,
    "cross_entropy.data": _loss_data,
    "cross_entropy.dx": _loss_dx,
    "map.probs": _loss_probs,
    "map.data": _loss_data,
    "map.dx": _loss_dx,
    "mle.data": _loss_data,
    "mle.dx": _loss_dx,
    "regulariser.reg": _regulariser,
    "total": _total,
}
