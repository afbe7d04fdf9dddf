"""The oracle's own run of a whole network: plain torch, one backward pass through all of it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from verify.oracle import activation, affine, convolution, loss, max_pool, rbf, subsampling

Tensors = dict[str, Tensor]


def free_run(
    arch: Architecture,
    parameters: Mapping[str, Tensor],
    images: Tensor,
    labels: Tensor | None,
    upstream: Tensor | None,
) -> Tensors:
    """Forward, then autograd end to end from the loss (or from ``upstream``).

    Returns:
        The tensors on autograd's path and their gradients, by name; matrix forms, which no
        idiomatic torch network has, are not among them.
    """
    leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
    images = images.detach().requires_grad_()
    tensors = _forward(arch, leaves, images)
    last = tensors[f"{arch.layers[-1].name}.y"]
    scalars: Tensors = {}
    objective = None if upstream is None else (last * upstream).sum()
    if arch.loss is not None and labels is not None:
        scalars = _losses(arch, last, labels, leaves)
        decay = scalars["loss.reg"] if "loss.reg" in scalars else last.new_zeros(())
        started = loss.data_loss(last, labels, arch.loss, arch.loss.gradient)
        objective = started + decay if objective is None else objective + decay
    found = tensors | leaves
    gradients = {} if objective is None else _gradients(objective, found, arch)
    if arch.loss is not None and labels is not None:
        scalars["loss.dx"] = torch.autograd.grad(started, last)[0]
    return {k: v.detach() for k, v in (found | scalars).items()} | gradients


def _forward(arch: Architecture, p: Tensors, images: Tensor) -> Tensors:
    tensors: Tensors = {}
    x = images
    for layer in arch.layers:
        flat = isinstance(layer, Affine | RadialBasis)
        x = x.flatten(1) if flat else x.view_as(x)
        found = {"x": x, **_layer(layer, x, p)}
        tensors |= {f"{layer.name}.{key}": value for key, value in found.items()}
        x = found["y"]
    return tensors


def _layer(layer: Layer, x: Tensor, p: Tensors) -> Tensors:
    name = layer.name
    match layer:
        case MaxPool():
            z = max_pool.pool(x, layer)
            return {"z": z, "y": z.view_as(z)}
        case RadialBasis():
            return {"y": rbf.distances(x, p[f"{name}.W"])}
        case Subsampling():
            s = subsampling.window_sum(x, layer)
            z = subsampling.scale(s, p[f"{name}.W"], p[f"{name}.b"])
            return {"s": s, "z": z, "y": activation.apply(z, layer.activation)}
        case Convolution():
            z = convolution.linear(x, p[f"{name}.W"], p[f"{name}.b"], layer)
        case Affine():
            z = affine.linear(x, p[f"{name}.W"], p[f"{name}.b"])
    return {"z": z, "y": activation.apply(z, layer.activation)}


def _losses(arch: Architecture, last: Tensor, labels: Tensor, p: Tensors) -> Tensors:
    if arch.loss is None:
        return {}
    data = loss.data_loss(last, labels, arch.loss, arch.loss.reduction)
    found = {"loss.x": last, "loss.data": data}
    if arch.loss.kind != "mle":
        found["loss.probs"] = loss.probabilities(last, arch.loss)
    if arch.loss.kind == "cross_entropy":
        weights = [v for k, v in p.items() if k.endswith(".W")]
        found["loss.reg"] = loss.regulariser(weights, arch.loss.reg)
        found["loss.total"] = found["loss.data"] + found["loss.reg"]
    return found


def _gradients(objective: Tensor, found: Tensors, arch: Architecture) -> Tensors:
    names = [name for name, value in found.items() if value.requires_grad]
    values = torch.autograd.grad(
        objective, [found[n] for n in names], retain_graph=True, allow_unused=True
    )
    named = {}
    for name, value in zip(names, values, strict=True):
        layer, symbol = name.split(".")
        named[f"{layer}.d{symbol}"] = torch.zeros_like(found[name]) if value is None else value
    return named
