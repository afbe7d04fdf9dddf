"""Fully connected layers behind volumes whose images lie last."""

from __future__ import annotations

from lenet_ref.fast.kernels import product
from lenet_ref.fast.pullback import Pullback, flat, unflat
from lenet_ref.layers import affine
from lenet_ref.specs.affine import Affine
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: Affine, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (N, K) of x (C, H, W, N) or (N, D), and its pullback.  Eq. {M,H}-F6-z, M-F7-z."""
    a, W = flat(x), p["W"]

    def back(dz: Array) -> tuple[Array, Tensors]:
        learned = {"dW": product(dz.T, a), "db": affine.bias_gradient(dz)}
        return unflat(affine.input_gradient(dz, W), x), learned

    return affine.pre_activation(a, W, p["b"]), back
