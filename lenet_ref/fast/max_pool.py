"""Max pooling of volumes whose images lie last."""

from __future__ import annotations

import numpy as np

from lenet_ref.fast import gathers
from lenet_ref.fast.kernels import first_maxima, masked, one_hot
from lenet_ref.fast.pullback import Pullback, pooled
from lenet_ref.layers import max_pool
from lenet_ref.specs.max_pool import SHARED, MaxPool
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: MaxPool, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """y = z (C, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. M-{S2,S4}-z."""
    a = gathers.windows(x, layer.window, layer.stride)
    z = np.maximum.reduce(a.T, axis=0)
    if layer.ties == "first":
        won = first_maxima(a, z)
    elif layer.ties not in SHARED:
        won = one_hot(max_pool.winner(a, layer.window, layer.ties), a)

    def back(dy: Array) -> tuple[Array, Tensors]:
        dz = gathers.by_lines(dy).reshape(-1)
        shared = layer.ties in SHARED
        da = max_pool.shared_gradient(dz, a, layer.ties) if shared else masked(won, dz).T
        return gathers.from_windows(da, x.shape, layer.window, layer.stride), {}

    return pooled(z, layer, x), back
