"""Convolutions on volumes whose images lie last."""

from __future__ import annotations

from lenet_ref.fast import gathers
from lenet_ref.fast.kernels import product
from lenet_ref.fast.pullback import Pullback
from lenet_ref.layers import convolution
from lenet_ref.specs.convolution import Convolution
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: Convolution, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (K, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. {M,H}-{C1,C3,C5}-z."""
    W, mask = p["W"], convolution.connection_mask(layer)
    matrix = convolution.weight_matrix(convolution.masked(W, mask))
    a = gathers.im2col(x, layer.kernel, layer.stride)
    z = product(a, matrix) + p["b"]

    def back(dz: Array) -> tuple[Array, Tensors]:
        rows = dz.reshape(layer.maps_out, -1).T
        da = product(rows, matrix.T)
        dW = product(a.T, rows).T.reshape(W.shape)
        learned = {"dW": convolution.masked(dW, mask), "db": convolution.bias_gradient(rows)}
        return gathers.col2im(da, x.shape, layer.kernel, layer.stride), learned

    return z.T.reshape(*layer.output_shape, x.shape[3]), back
