"""Distances to codes behind volumes whose images lie last."""

from __future__ import annotations

from lenet_ref.fast.pullback import Pullback, flat, unflat
from lenet_ref.layers import rbf
from lenet_ref.specs.rbf import RadialBasis
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: RadialBasis, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """y (N, K) of x (C, H, W, N) or (N, D), and its pullback.  Eq. H-F7-y."""
    a, W = flat(x), p["W"]

    def back(dy: Array) -> tuple[Array, Tensors]:
        learned = {"dW": rbf.code_gradient(a, W, dy)} if layer.learned else {}
        return unflat(rbf.input_gradient(a, W, dy), x), learned

    return rbf.forward(a, W), back
