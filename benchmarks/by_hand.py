"""The comparison that people write: run both, retain_grad, assert_allclose on every tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from benchmarks.eager import Parameters, squash
from lenet_ref.connections import TABLE_I, mask

RTOL, ATOL = 1e-3, 1e-4
"""What such comparisons allow; nothing here depends on it."""
CONVOLUTIONS = {"C1": "S2", "C3": "S4", "C5": ""}
"""And the pooling behind each."""


class Kept(dict[str, Tensor]):
    """Tensors by name, each of which keeps its gradient."""

    def keep(self, name: str, value: Tensor) -> Tensor:
        """The same tensor."""
        value.retain_grad()
        self[name] = value
        return value


def modern(p: Parameters, y: Tensor, labels: Tensor, kept: Kept) -> Tensor:
    """Loss of the modern variant."""
    for name, pool in CONVOLUTIONS.items():
        z = kept.keep(f"{name}.z", F.conv2d(y, p[f"{name}.W"], p[f"{name}.b"]))
        y = kept.keep(f"{name}.y", F.relu(z))
        y = kept.keep(f"{pool}.z", F.max_pool2d(y, 2)) if pool else y.flatten(1)
    z = kept.keep("F6.z", F.linear(y, p["F6.W"], p["F6.b"]))
    y = kept.keep("F6.y", F.relu(z))
    return F.cross_entropy(kept.keep("F7.z", F.linear(y, p["F7.W"], p["F7.b"])), labels)


def historic(p: Parameters, y: Tensor, labels: Tensor, kept: Kept) -> Tensor:
    """Loss of 1998, MLE."""
    links = torch.tensor(mask(TABLE_I, 6), dtype=y.dtype)[:, :, None, None]
    for name, pool in CONVOLUTIONS.items():
        W = p[f"{name}.W"] * links if name == "C3" else p[f"{name}.W"]
        z = kept.keep(f"{name}.z", F.conv2d(y, W, p[f"{name}.b"]))
        y = kept.keep(f"{name}.y", squash(z))
        if pool:
            s = kept.keep(f"{pool}.s", F.avg_pool2d(y, 2, divisor_override=1))
            w, b = p[f"{pool}.W"], p[f"{pool}.b"]
            z = kept.keep(f"{pool}.z", s * w[:, None, None] + b[:, None, None])
            y = kept.keep(f"{pool}.y", squash(z))
    z = kept.keep("F6.z", F.linear(y.flatten(1), p["F6.W"], p["F6.b"]))
    y = kept.keep("F6.y", squash(z))
    distances = kept.keep("F7.y", (y[:, None] - p["F7.W"]).square().sum(2))
    return distances.gather(1, labels[:, None]).mean()


def compared(
    variant: str, parameters: Mapping[str, NDArray[Any]], images: NDArray[Any],
    labels: NDArray[Any], trace: Mapping[str, NDArray[Any]],
) -> int:  # fmt: skip
    """Run PyTorch, and hold each tensor and gradient that it names against the trace.

    Returns:
        How many were compared.
    Raises:
        AssertionError: one differs.
    """
    x = torch.tensor(images).requires_grad_()
    p = {name: torch.tensor(value).requires_grad_() for name, value in parameters.items()}
    kept = Kept()
    forward = modern if variant == "modern" else historic
    forward(p, x, torch.tensor(labels), kept).backward()  # type: ignore[no-untyped-call]
    pairs = {name: value.detach() for name, value in kept.items()} | {"C1.dx": x.grad}
    for name, value in (kept | p).items():
        layer, _, symbol = name.partition(".")
        pairs[f"{layer}.d{symbol}"] = value.grad
    found = [(name, value) for name, value in pairs.items() if name in trace]
    for name, value in found:
        theirs = trace[name].reshape(value.shape)
        np.testing.assert_allclose(theirs, value.numpy(), rtol=RTOL, atol=ATOL)
    return len(found)
