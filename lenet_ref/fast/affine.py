"""Fully connected layers behind volumes whose images lie last."""

from __future__ import annotations

import numpy as np

from lenet_ref.fast.kernels import product
from lenet_ref.fast.pullback import Pullback, flat, unflat
from lenet_ref.layers import affine
from lenet_ref.specs.affine import Affine
from lenet_ref.specs.layer import maps_last
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: Affine, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (N, K) of x (C, H, W, N) or (N, D), and its pullback.  Eq. {M,H}-F6-z, M-F7-z,
    affine-z."""
    last = maps_last(layer)
    a, W = flat(x, last), p["W"]
    b = p["b"] if layer.bias else np.zeros(layer.units_out, x.dtype)

    def back(dz: Array) -> tuple[Array, Tensors]:
        learned = {"dW": product(dz.T, a)}
        if layer.bias:
            learned["db"] = affine.bias_gradient(dz)
        return unflat(affine.input_gradient(dz, W), x, last), learned

    return affine.pre_activation(a, W, b), back
