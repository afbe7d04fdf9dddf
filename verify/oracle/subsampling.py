"""Oracle of S2 and S4 of 1998."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.subsampling import Subsampling
from verify.oracle import activation, windows
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

__all__ = ["NODES", "OPERATIONS", "run", "scale", "window_sum"]


def window_sum(x: Tensor, layer: Subsampling) -> Tensor:
    """s: (N, C, H, W) to (N, C, OH, OW); divisor 1 makes average pooling a sum."""
    divisor = 1 if layer.reading == "sum" else None
    return F.avg_pool2d(x, layer.window, layer.step, divisor_override=divisor)


def scale(s: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """z = W s + b per map: a depthwise 1x1 convolution."""
    return F.conv2d(s, W[:, None, None, None], b, groups=s.shape[1])


def run(layer: Subsampling, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: s, z and y."""
    s = window_sum(x, layer)
    z = scale(s, p["W"], p["b"])
    return {"s": s, "z": z, "y": activation.apply(z, layer.activation)}


def _scale(s: Tensor, W: Tensor, b: Tensor, spec: Subsampling) -> Tensor:
    return scale(s, W, b)


_DX = gradient("window_sum", "x", "ds")
NODES: Nodes = {
    "window_sum": Node(("x",), window_sum),
    "scale": Node(("s", "W", "b"), _scale),
}
OPERATIONS: Operations = {
    "subsampling.a": windows.of_input,
    "subsampling.s": forward("window_sum"),
    "subsampling.z": forward("scale"),
    "subsampling.ds": gradient("scale", "s", "dz"),
    "subsampling.da": windows.of(_DX, window_sum, "ds"),
    "subsampling.dx": _DX,
    "subsampling.dW": gradient("scale", "W", "dz"),
    "subsampling.db": gradient("scale", "b", "dz"),
}
