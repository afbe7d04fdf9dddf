"""Oracle of the modern S2 and S4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.max_pool import SHARED, MaxPool
from verify.expected.step import Step, spec_of
from verify.oracle import windows
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["NODES", "OPERATIONS", "pool", "position", "run", "shares"]


def pool(x: Tensor, layer: MaxPool) -> Tensor:
    """z: (N, C, H, W) to (N, C, OH, OW).  The first maximum gets the gradient; the last, if the
    volume is turned by half a turn, and the first down the columns, if it is transposed; amax
    divides it."""
    kh, kw = layer.window
    match layer.ties:
        case "last":
            return F.max_pool2d(x.flip(2, 3), (kh, kw)).flip(2, 3)
        case "column-major":
            return F.max_pool2d(x.mT, (kw, kh)).mT
        case "divided":
            return windows.windows(x, layer).amax(dim=1).reshape(_pooled(x, layer))
        case "all":
            found: Tensor = _EveryMaximum.apply(windows.windows(x, layer))  # type: ignore[no-untyped-call]
            return found.reshape(_pooled(x, layer))
    return F.max_pool2d(x, (kh, kw))


def _pooled(x: Tensor, layer: MaxPool) -> tuple[int, ...]:
    return (*x.shape[:2], x.shape[2] // layer.window[0], x.shape[3] // layer.window[1])


class _EveryMaximum(torch.autograd.Function):
    """Maxima of rows, with the whole gradient for each element that is one."""

    @staticmethod
    def forward(ctx: Any, a: Tensor) -> Tensor:
        z = a.amax(dim=1)
        ctx.save_for_backward(a == z.unsqueeze(1))
        return z

    @staticmethod
    def backward(ctx: Any, dz: Tensor) -> Tensor:
        (maxima,) = ctx.saved_tensors
        return torch.where(maxima, dz.unsqueeze(1), 0.0)


def position(x: Tensor, layer: MaxPool) -> Tensor:
    """Position of the maximum inside its window, (N, C, OH, OW), row-major; of the first one where
    all share the gradient."""
    kh, kw = layer.window
    if layer.ties == "last":
        return kh * kw - 1 - _first(x.flip(2, 3), (kh, kw)).flip(2, 3)
    if layer.ties == "column-major":
        down = _first(x.mT, (kw, kh)).mT
        return down % kh * kw + torch.div(down, kh, rounding_mode="floor")
    return _first(x, (kh, kw))


def _first(x: Tensor, window: tuple[int, int]) -> Tensor:
    flat = F.max_pool2d(x, window, return_indices=True)[1]
    width = x.shape[3]
    row, column = torch.div(flat, width, rounding_mode="floor"), flat % width
    return row % window[0] * window[1] + column % window[1]


def shares(x: Tensor, layer: MaxPool) -> Tensor:
    """(rows, window), float64: the part of dz that each element of a window gets."""
    if layer.ties not in SHARED:
        places = torch.arange(layer.window[0] * layer.window[1])
        return (position(x, layer).reshape(-1, 1) == places).to(torch.float64)
    a = windows.windows(x, layer)
    maxima = (a == a.amax(dim=1, keepdim=True)).to(torch.float64)
    return maxima / maxima.sum(dim=1, keepdim=True) if layer.ties == "divided" else maxima


def run(layer: MaxPool, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: z, and y as a tensor of its own."""
    z = pool(x, layer)
    return {"z": z, "y": z.view_as(z)}


def _argmax(ev: Evaluation, step: Step) -> Tensor:
    return position(ev.value(step.inputs[0]), spec_of(step))


_DX = gradient("max_pool", "x", "dz")
NODES: Nodes = {"max_pool": Node(("x",), pool)}
OPERATIONS: Operations = {
    "max_pool.a": windows.of_input,
    "max_pool.argmax": _argmax,
    "max_pool.z": forward("max_pool"),
    "max_pool.da": windows.of(_DX),
    "max_pool.dx": _DX,
}
