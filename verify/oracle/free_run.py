"""The oracle's own run of a whole network: plain torch, one backward pass through all of it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lenet_ref.architecture import Architecture
from lenet_ref.specs.loss import Loss
from verify.expected.families import LOSSES as EXPECTED
from verify.oracle.flatten import received
from verify.oracle.node import Tensors
from verify.oracle.operations import LAYERS, LOSSES
from verify.oracle.regulariser import regulariser

__all__ = ["free_run"]


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
        scalars = _losses(arch, arch.loss, last, labels, leaves)
        decay = scalars["loss.reg"] if "loss.reg" in scalars else last.new_zeros(())
        data_loss = LOSSES[arch.loss.kind].data_loss
        started = data_loss(last, labels, arch.loss, arch.loss.gradient)
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
        x = received(layer, x)
        own = {symbol: p[f"{layer.name}.{symbol}"] for symbol in layer.parameter_shapes}
        found = {"x": x, **LAYERS[layer.family].run(layer, x, own)}
        tensors |= {f"{layer.name}.{key}": value for key, value in found.items()}
        x = found["y"]
    return tensors


def _losses(arch: Architecture, spec: Loss, last: Tensor, labels: Tensor, p: Tensors) -> Tensors:
    family = LOSSES[spec.kind]
    data = family.data_loss(last, labels, spec, spec.reduction)
    found = {"loss.x": last, "loss.data": data}
    if "probs" in EXPECTED[spec.kind].symbols(spec):
        found["loss.probs"] = family.probabilities(last, spec)
    if EXPECTED[spec.kind].REGULARISED:
        weights = [p[f"{layer.name}.W"] for layer in arch.layers if layer.decayed]
        found["loss.reg"] = regulariser(weights, spec.reg, last.dtype)
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
