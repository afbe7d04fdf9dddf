"""Oracle of F7 of 1998, with the bitmaps of Fig. 3 written down a second time."""

from __future__ import annotations

import torch
from torch import Tensor

from lenet_ref.specs.rbf import RadialBasis
from verify.oracle.node import Node, Nodes, Operations, Tensors, forward, gradient

# One hexadecimal pair per row of seven pixels, most significant bit on the left.
GLYPHS = (
    "3e001c3663636363361c0000",
    "0c1c3c0c0c0c0c0c0c3f0000",
    "3e003e6343061c30607f0000",
    "7f03060c1e030303633e0000",
    "3e00003333736363673f0303",
    "3e007f60603c1e03633e0000",
    "1e3060607e736363733e0000",
    "7f0303060c0c181818180000",
    "3e6363633e636363633e0000",
    "3e676363673f0303063c0000",
)


def codes() -> Tensor:
    """(10, 84): +1 ink, -1 background."""
    rows = [[f"{byte:07b}" for byte in bytes.fromhex(glyph)] for glyph in GLYPHS]
    ink = [[float(bit) for bit in "".join(glyph)] for glyph in rows]
    return torch.tensor(ink, dtype=torch.float64) * 2 - 1


def distances(x: Tensor, W: Tensor) -> Tensor:
    """y: squared Euclidean distances (N, K) of states (N, D) to codes (K, D)."""
    return (x.unsqueeze(1) - W).square().sum(dim=2)


def run(layer: RadialBasis, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: y."""
    return {"y": distances(x, p["W"])}


def _node(x: Tensor, W: Tensor, spec: RadialBasis) -> Tensor:
    return distances(x, W)


NODES: Nodes = {"rbf": Node(("x", "W"), _node)}
OPERATIONS: Operations = {
    "rbf.y": forward("rbf"),
    "rbf.dx": gradient("rbf", "x", "dy"),
    "rbf.dW": gradient("rbf", "W", "dy"),
}
