"""Oracle of the modern S2 and S4."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.architecture import MaxPool, Subsampling


def pool(x: Tensor, layer: MaxPool) -> Tensor:
    """z: (N, C, H, W) to (N, C, OH, OW)."""
    return F.max_pool2d(x, layer.window)


def position(x: Tensor, layer: MaxPool) -> Tensor:
    """Position of the maximum inside its window, (N, C, OH, OW), row-major."""
    flat = F.max_pool2d(x, layer.window, return_indices=True)[1]
    width = x.shape[3]
    row, column = torch.div(flat, width, rounding_mode="floor"), flat % width
    return row % layer.window[0] * layer.window[1] + column % layer.window[1]


def windows(x: Tensor, layer: MaxPool | Subsampling) -> Tensor:
    """a: (N*C*OH*OW, kh*kw), one window per row."""
    kh, kw = layer.window
    corners = [x[:, :, u::kh, v::kw].flatten() for u in range(kh) for v in range(kw)]
    return torch.stack(corners, dim=1)
