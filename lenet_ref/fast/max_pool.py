"""Max pooling of volumes whose images lie last."""

from __future__ import annotations

import numpy as np

from lenet_ref.fast import gathers
from lenet_ref.fast.kernels import masked, position_of_maximum
from lenet_ref.fast.pullback import Pullback, pooled
from lenet_ref.layers import max_pool
from lenet_ref.specs.max_pool import SHARED, MaxPool
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: MaxPool, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """y = z (C, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. M-{S2,S4}-z."""
    a = gathers.windows(x, layer.window, layer.stride)
    first = layer.ties == "first" or layer.ties in SHARED
    argmax = position_of_maximum(a) if first else max_pool.winner(a, layer.window, layer.ties)
    z = max_pool.maximum(a, argmax).reshape(pooled(layer, x))

    def back(dy: Array) -> tuple[Array, Tensors]:
        if layer.ties in SHARED:
            da = max_pool.shared_gradient(dy.reshape(-1), a, layer.ties)
        else:
            one_hot = (argmax == np.arange(a.shape[1])[:, None]).T
            da = masked(one_hot, dy.reshape(-1, 1))
        return gathers.from_windows(da, x.shape, layer.window, layer.stride), {}

    return z, back
