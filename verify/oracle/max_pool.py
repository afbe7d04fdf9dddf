"""Oracle of the modern S2 and S4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.max_pool import SHARED, MaxPool
from verify.expected.step import Step, spec_of
from verify.oracle import activation, windows
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["NODES", "OPERATIONS", "pool", "position", "run", "shares"]


def pool(x: Tensor, layer: MaxPool) -> Tensor:
    """z: (N, C, H, W) to (N, C, OH, OW).  The first maximum gets the gradient; the last, if what
    the windows reach is turned by half a turn, and the first down the columns, if the volume is
    transposed; amax divides it."""
    shape = (*x.shape[:2], *windows.pooled(x, layer))
    match layer.ties:
        case "last":
            return F.max_pool2d(_turned(x, layer), layer.window, layer.step).flip(2, 3)
        case "column-major":
            return F.max_pool2d(x.mT, layer.window[::-1], layer.step[::-1]).mT
        case "divided":
            return windows.windows(x, layer).amax(dim=1).reshape(shape)
        case "all":
            found: Tensor = _EveryMaximum.apply(windows.windows(x, layer))  # type: ignore[no-untyped-call]
            return found.reshape(shape)
    return F.max_pool2d(x, layer.window, layer.step)


def _turned(x: Tensor, layer: MaxPool) -> Tensor:
    """Half a turn of what the windows reach, so that the last of them is the first."""
    (kh, kw), (sh, sw), (oh, ow) = layer.window, layer.step, windows.pooled(x, layer)
    return x[:, :, : sh * (oh - 1) + kh, : sw * (ow - 1) + kw].flip(2, 3)


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
    (kh, kw), step = layer.window, layer.step
    if layer.ties == "last":
        return kh * kw - 1 - _first(_turned(x, layer), (kh, kw), step).flip(2, 3)
    if layer.ties == "column-major":
        down = _first(x.mT, (kw, kh), step[::-1]).mT
        return down % kh * kw + torch.div(down, kh, rounding_mode="floor")
    return _first(x, (kh, kw), step)


def _first(x: Tensor, window: tuple[int, int], step: tuple[int, int]) -> Tensor:
    """Where max_pool2d finds the maximum, counted from its window's own corner."""
    flat = F.max_pool2d(x, window, step, return_indices=True)[1]
    width = x.shape[3]
    row, column = torch.div(flat, width, rounding_mode="floor"), flat % width
    top, left = (step[i] * torch.arange(flat.shape[2 + i]) for i in (0, 1))
    return (row - top[:, None]) * window[1] + column - left


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
    return {"z": z, "y": activation.after(z, layer)}


def _argmax(ev: Evaluation, step: Step) -> Tensor:
    return position(ev.value(step.inputs[0]), spec_of(step))


_DX = gradient("max_pool", "x", "dz")
NODES: Nodes = {"max_pool": Node(("x",), pool)}
OPERATIONS: Operations = {
    "max_pool.a": windows.of_input,
    "max_pool.argmax": _argmax,
    "max_pool.z": forward("max_pool"),
    "max_pool.da": windows.of(_DX, pool, "dz"),
    "max_pool.dx": _DX,
}
