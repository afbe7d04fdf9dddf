"""The same training step in eager PyTorch, written as its users write it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.connections import TABLE_I, mask

Parameters = dict[str, Tensor]
Forward = Callable[[Parameters, Tensor, Tensor], Tensor]
A, S = 1.7159, 2 / 3


def modern(p: Parameters, images: Tensor, labels: Tensor) -> Tensor:
    """Loss of the modern variant."""
    y = F.max_pool2d(F.relu(F.conv2d(images, p["C1.W"], p["C1.b"])), 2)
    y = F.max_pool2d(F.relu(F.conv2d(y, p["C3.W"], p["C3.b"])), 2)
    y = F.relu(F.conv2d(y, p["C5.W"], p["C5.b"])).flatten(1)
    y = F.relu(F.linear(y, p["F6.W"], p["F6.b"]))
    return F.cross_entropy(F.linear(y, p["F7.W"], p["F7.b"]), labels)


def squash(z: Tensor) -> Tensor:
    """A tanh(S z)."""
    return A * torch.tanh(S * z)


def subsample(y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Window sum, coefficient, bias, squash."""
    s = F.avg_pool2d(y, 2, divisor_override=1)
    return squash(s * w[:, None, None] + b[:, None, None])


def historic(links: Tensor) -> Forward:
    """Loss of 1998, MLE."""

    def forward(p: Parameters, images: Tensor, labels: Tensor) -> Tensor:
        y = subsample(squash(F.conv2d(images, p["C1.W"], p["C1.b"])), p["S2.W"], p["S2.b"])
        y = squash(F.conv2d(y, p["C3.W"] * links, p["C3.b"]))
        y = subsample(y, p["S4.W"], p["S4.b"])
        y = squash(F.conv2d(y, p["C5.W"], p["C5.b"])).flatten(1)
        y = squash(F.linear(y, p["F6.W"], p["F6.b"]))
        distances = (y[:, None] - p["F7.W"]).square().sum(2)
        return distances.gather(1, labels[:, None]).mean()

    return forward


def step(
    variant: str, parameters: dict[str, NDArray[np.floating]], images: NDArray[np.floating],
    labels: NDArray[np.integer],
) -> Callable[[], dict[str, Tensor]]:  # fmt: skip
    """Forward and backward: gradients of all trained parameters and of the images."""
    x = torch.tensor(images).requires_grad_()
    t = torch.tensor(labels)
    p = {name: torch.tensor(value) for name, value in parameters.items()}
    trained = [name for name in p if not (variant == "1998" and name.startswith("F7"))]
    leaves = [x, *(p[name].requires_grad_() for name in trained)]
    links = torch.tensor(mask(TABLE_I, 6), dtype=x.dtype)[:, :, None, None]
    forward = modern if variant == "modern" else historic(links)

    def run() -> dict[str, Tensor]:
        gradients = torch.autograd.grad(forward(p, x, t), leaves)
        return dict(zip(["images", *trained], gradients, strict=True))

    return run
