"""Average pooling of volumes whose images lie last."""

from __future__ import annotations

from lenet_ref.fast import gathers
from lenet_ref.fast.pullback import Pullback, pooled
from lenet_ref.layers import average_pool
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: AveragePool, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """y = z (C, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. average_pool-z."""
    a = gathers.windows(x, layer.window, layer.stride)
    z = pooled(average_pool.average(a), layer, x)

    def back(dy: Array) -> tuple[Array, Tensors]:
        da = average_pool.window_gradient(gathers.by_lines(dy).reshape(-1), a.shape[1])
        return gathers.from_windows(da, x.shape, layer.window, layer.stride), {}

    return z, back
