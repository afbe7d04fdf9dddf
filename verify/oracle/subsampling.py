"""Oracle of S2 and S4 of 1998."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from lenet_ref.architecture import Subsampling


def window_sum(x: Tensor, layer: Subsampling) -> Tensor:
    """s: (N, C, H, W) to (N, C, OH, OW); divisor 1 makes average pooling a sum."""
    divisor = 1 if layer.reading == "sum" else None
    return F.avg_pool2d(x, layer.window, divisor_override=divisor)


def scale(s: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """z = W s + b per map: a depthwise 1x1 convolution."""
    return F.conv2d(s, W[:, None, None, None], b, groups=s.shape[1])
