"""PyTorch's functions with the backward pass by hand: transposed convolution, unfold, scatter."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.right.wiring import Array, Arrays

Net = dict[str, Tensor]


@torch.no_grad()
def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name, matrix forms of the convolutions too."""
    net = {k: torch.tensor(v) for k, v in parameters.items()}
    x, flat = _features(net, torch.tensor(images))
    _classifier(net, x)
    _loss(net, torch.tensor(labels).long(), reg)
    _dense(net, "F7", net["loss.dx"], reg)
    _dense(net, "F6", net["F7.dx"], reg)
    dy = net["F6.dx"].reshape(net["C5.y"].shape)
    for conv, pool in (("C5", "S4"), ("C3", "S2"), ("C1", "")):
        _convolution(net, conv, dy, reg)
        if pool:
            x, dz = net[f"{pool}.x"], net[f"{conv}.dx"]
            dy = _unpooled(dz, flat[pool], x)
            net |= {f"{pool}.dy": dz, f"{pool}.dz": dz, f"{pool}.dx": dy}
    return {k: np.ascontiguousarray(v.numpy()) for k, v in net.items()}


def _features(net: Net, x: Tensor) -> tuple[Tensor, Net]:
    """Also PyTorch's flat positions of the maxima."""
    flat = {}
    for conv, pool in (("C1", "S2"), ("C3", "S4"), ("C5", "")):
        W = net[f"{conv}.W"]
        columns = F.unfold(x, W.shape[2:])  # (N, C kh kw, places)
        size = x.shape[2] - W.shape[2] + 1
        z = (W.flatten(1) @ columns).reshape(len(x), -1, size, size)
        z = z + net[f"{conv}.b"][:, None, None]
        net |= {f"{conv}.x": x, f"{conv}.z": z, f"{conv}.y": z.clamp(min=0)}
        net[f"{conv}.a"] = columns.transpose(1, 2).flatten(0, 1)
        x = net[f"{conv}.y"]
        if pool:
            y, flat[pool] = F.max_pool2d(x, 2, return_indices=True)
            net |= {f"{pool}.x": x, f"{pool}.z": y, f"{pool}.y": y}
            net[f"{pool}.argmax"] = flat[pool] // x.shape[3] % 2 * 2 + flat[pool] % 2
            x = y
    return x.flatten(1), flat


def _unpooled(dz: Tensor, flat: Tensor, x: Tensor) -> Tensor:
    """Not max_unpool2d, whose check of a size imports for longer than the network runs."""
    dx = torch.zeros_like(x).flatten(2)
    return dx.scatter(2, flat.flatten(2), dz.flatten(2)).reshape(x.shape)


def _classifier(net: Net, x: Tensor) -> None:
    for name in ("F6", "F7"):
        z = torch.addmm(net[f"{name}.b"], x, net[f"{name}.W"].T)
        net |= {f"{name}.x": x, f"{name}.z": z, f"{name}.y": z.relu() if name == "F6" else z}
        x = net[f"{name}.y"]


def _loss(net: Net, labels: Tensor, reg: float) -> None:
    scores = net["F7.y"]
    logarithms = scores.log_softmax(1)
    weights = [net[f"{name}.W"].flatten() for name in ("C1", "C3", "C5", "F6", "F7")]
    net["loss.x"], net["loss.probs"] = scores, logarithms.exp()
    net["loss.data"] = -logarithms.gather(1, labels[:, None]).mean()
    net["loss.reg"] = reg / 2 * sum((w @ w for w in weights), scores.new_zeros(()))
    net["loss.total"] = net["loss.data"] + net["loss.reg"]
    net["loss.dx"] = (net["loss.probs"] - F.one_hot(labels, 10)) / len(labels)


def _dense(net: Net, name: str, dy: Tensor, reg: float) -> None:
    dz = dy * (net[f"{name}.z"] > 0) if name == "F6" else dy
    W, x = net[f"{name}.W"], net[f"{name}.x"]
    net |= {f"{name}.dy": dy, f"{name}.dz": dz, f"{name}.dx": dz @ W}
    net |= {f"{name}.dW": dz.T @ x + reg * W, f"{name}.db": dz.sum(0)}


def _convolution(net: Net, name: str, dy: Tensor, reg: float) -> None:
    x, W = net[f"{name}.x"], net[f"{name}.W"]
    dz = dy * (net[f"{name}.z"] > 0)
    turned = F.conv2d(x.transpose(0, 1), dz.transpose(0, 1)).transpose(0, 1)
    net |= {f"{name}.dy": dy, f"{name}.dz": dz, f"{name}.dx": F.conv_transpose2d(dz, W)}
    net |= {f"{name}.dW": turned + reg * W, f"{name}.db": dz.sum((0, 2, 3))}
    places = dz.flatten(2).transpose(1, 2).flatten(0, 1)
    net[f"{name}.da"] = places @ W.flatten(1)
