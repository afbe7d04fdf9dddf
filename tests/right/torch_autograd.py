"""PyTorch, channels last, every gradient by autograd."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.right.wiring import Array, Arrays

LAST = torch.channels_last


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name; no matrix forms."""
    given = {k: torch.tensor(v, requires_grad=True) for k, v in parameters.items()}
    net, truth = dict(given), torch.tensor(labels).long()
    _features(net, torch.tensor(images, requires_grad=True))
    _classifier(net)
    data = F.cross_entropy(net["F7.y"], truth)
    decay = torch.stack([v.square().sum() for k, v in given.items() if k[-1] == "W"]).sum()
    decay = decay * (reg / 2)
    total = data + decay
    for tensor in net.values():
        tensor.retain_grad()
    torch.autograd.backward(total)
    slopes = _gradients(net)
    net |= {"loss.data": data, "loss.reg": decay, "loss.total": total}
    net |= {"loss.x": net["F7.y"], "loss.probs": net["F7.y"].softmax(1)}
    return {k: np.ascontiguousarray(v.detach().numpy()) for k, v in net.items()} | slopes


def _features(net: dict[str, Tensor], x: Tensor) -> None:
    for conv, pool in (("C1", "S2"), ("C3", "S4"), ("C5", "")):
        net[f"{conv}.x"] = x
        W = net[f"{conv}.W"].to(memory_format=LAST)
        z = F.conv2d(x.contiguous(memory_format=LAST), W, net[f"{conv}.b"])
        net[f"{conv}.z"], net[f"{conv}.y"] = z, z.relu()
        x = net[f"{conv}.y"]
        if pool:
            y = F.max_pool2d(x, 2)
            net |= {f"{pool}.x": x, f"{pool}.z": y, f"{pool}.y": y}
            x = y


def _classifier(net: dict[str, Tensor]) -> None:
    net["F6.x"] = net["C5.y"].flatten(1)
    net["F6.z"] = F.linear(net["F6.x"], net["F6.W"], net["F6.b"])
    net["F6.y"] = net["F7.x"] = F.relu(net["F6.z"])
    net["F7.z"] = net["F7.y"] = F.linear(net["F7.x"], net["F7.W"], net["F7.b"])


def _gradients(net: dict[str, Tensor]) -> Arrays:
    slopes = {k: v.grad for k, v in net.items()}
    found = {
        k.replace(".", ".d"): np.ascontiguousarray(v.numpy())
        for k, v in slopes.items()
        if v is not None
    }
    return found | {"loss.dx": found["F7.dy"]}
