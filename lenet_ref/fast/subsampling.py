"""Trainable subsampling of volumes whose images lie last."""

from __future__ import annotations

from lenet_ref.fast import gathers
from lenet_ref.fast.pullback import Pullback, pooled
from lenet_ref.layers import subsampling
from lenet_ref.specs.subsampling import Subsampling
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: Subsampling, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (C, OH, OW, N) of x (C, H, W, N), and its pullback; the formulas see z as
    (N, C, OH, OW).  Eq. H-{S2,S4}-z."""
    W = p["W"]
    scale = subsampling.window_scale(layer.reading, layer.window)
    a = gathers.windows(x, layer.window, layer.stride)
    s = pooled(subsampling.window_sum(a, scale), layer, x).transpose(3, 0, 1, 2)

    def back(dz: Array) -> tuple[Array, Tensors]:
        dz = dz.transpose(3, 0, 1, 2)
        ds = gathers.by_lines(subsampling.sum_gradient(dz, W).transpose(1, 2, 3, 0)).reshape(-1)
        da = subsampling.window_gradient(ds, scale, a.shape[1])
        learned = {"dW": subsampling.coefficient_gradient(s, dz),
                   "db": subsampling.bias_gradient(dz)}  # fmt: skip
        return gathers.from_windows(da, x.shape, layer.window, layer.stride), learned

    return subsampling.pre_activation(s, W, p["b"]).transpose(1, 2, 3, 0), back
