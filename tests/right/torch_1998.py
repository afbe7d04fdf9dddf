"""The network of 1998 in PyTorch with autograd, each map of C3 a convolution of its own."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.right.wiring import Array, Arrays

# Table I: the maps of S2 that each map of C3 reads
READS = (
    "012", "123", "234", "345", "045", "015", "0123", "1234", "2345", "0345", "0145", "0125",
    "0134", "1245", "0235", "012345",
)  # fmt: skip


def lenet(parameters: Arrays, images: Array, labels: Array, j: float | None = None) -> Arrays:
    """Every tensor by name; with j the loss is eq. 9 and the codes are learned."""
    net = {k: torch.tensor(v, requires_grad=j is not None or k != "F7.W")
           for k, v in parameters.items()}  # fmt: skip
    x = torch.tensor(images, requires_grad=True)
    for name in ("C1", "S2", "C3", "S4", "C5"):
        x = _layer(net, name, x)
    net["F6.x"] = x.flatten(1)
    net["F6.z"] = net["F6.x"] @ net["F6.W"].T + net["F6.b"]
    net["F6.y"] = net["F7.x"] = _squash(net["F6.z"])
    net["F7.y"] = net["loss.x"] = (net["F7.x"][:, None] - net["F7.W"]).pow(2).sum(2)
    for tensor in net.values():
        if tensor.requires_grad:
            tensor.retain_grad()
    numbers = _loss(net["loss.x"], torch.tensor(labels).long(), j)
    torch.autograd.backward(numbers["loss.data"])
    found = {k: v.detach().numpy() for k, v in (net | numbers).items()}
    slopes = {k: v.grad.numpy() for k, v in net.items() if v.grad is not None}
    return found | {k.replace(".", ".d"): v for k, v in slopes.items()}


def _squash(z: Tensor) -> Tensor:
    return torch.tanh(z * (2 / 3)) * 1.7159


def _layer(net: dict[str, Tensor], name: str, x: Tensor) -> Tensor:
    W, b = net[f"{name}.W"], net[f"{name}.b"]
    net[f"{name}.x"] = x
    if name[0] == "S":
        net[f"{name}.s"] = F.avg_pool2d(x, 2, divisor_override=1)
        z = net[f"{name}.s"] * W[:, None, None] + b[:, None, None]
    elif name == "C3":
        maps = []
        for k, reads in enumerate(READS):
            some = [int(c) for c in reads]
            maps.append(F.conv2d(x[:, some], W[k : k + 1, some], b[k : k + 1]))
        z = torch.cat(maps, dim=1)
    else:
        z = F.conv2d(x, W, b)
    net[f"{name}.z"], net[f"{name}.y"] = z, _squash(z)
    return net[f"{name}.y"]


def _loss(y: Tensor, labels: Tensor, j: float | None) -> dict[str, Tensor]:
    right = y[torch.arange(len(y)), labels]
    if j is None:
        return {"loss.data": right.mean()}
    logits = F.pad(-y, (0, 1), value=-j)
    data = (right + logits.logsumexp(1)).mean()
    return {"loss.data": data, "loss.probs": logits.softmax(1)[:, :-1]}
