"""Convolutions on volumes whose images lie last."""

from __future__ import annotations

from lenet_ref import matrix
from lenet_ref.fast import gathers
from lenet_ref.fast.kernels import product
from lenet_ref.fast.pullback import Pullback
from lenet_ref.layers import convolution
from lenet_ref.specs.convolution import Convolution
from lenet_ref.types import Array, Parameters, Tensors


def pulled(layer: Convolution, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """z (K, OH, OW, N) of x (C, H, W, N), and its pullback.  Eq. {M,H}-{C1,C3,C5}-z,
    convolution-z."""
    W, mask = p["W"], convolution.connection_mask(layer)
    live = convolution.turned(convolution.masked(W, mask), layer.flipped)
    outer = matrix.padded(x, layer.padding, rows=1)
    a, filters = gathers.im2col(outer, layer.kernel, layer.stride), convolution.weight_matrix(live)
    z = product(a, filters)
    z = z + p["b"] if layer.bias else z

    def back(dz: Array) -> tuple[Array, Tensors]:
        rows = dz.reshape(layer.maps_out, -1).T
        da = product(rows, filters.T)
        dW = convolution.turned(product(a.T, rows).T.reshape(W.shape), layer.flipped)
        learned = {"dW": convolution.masked(dW, mask)}
        if layer.bias:
            learned["db"] = convolution.bias_gradient(rows)
        dx = gathers.col2im(da, outer.shape, layer.kernel, layer.stride)
        return matrix.cropped(dx, layer.padding, rows=1), learned

    return z.T.reshape(*layer.output_shape, x.shape[3]), back
