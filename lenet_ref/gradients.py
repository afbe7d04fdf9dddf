"""Gradients only: the same formulas as :mod:`lenet_ref.network`, no trace, in small blocks.

A layer's function returns its output and its *pullback*, which maps the gradient at the output to
the gradient at the input and those of the parameters.  A batch is processed in blocks that stay
in the processor's cache; the gradients of the blocks are added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lenet_ref import checks, gathers, memory
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.errors import OptionError
from lenet_ref.layers import affine, convolution, max_pool, rbf, subsampling
from lenet_ref.losses import regulariser
from lenet_ref.losses.select import loss_backward, loss_forward
from lenet_ref.matrix import output_size
from lenet_ref.network import ACTIVATIONS, classes, connection_mask, input_shape
from lenet_ref.types import Array, Labels, Parameters, Tensors

Pullback = Callable[[Array], tuple[Array, Tensors]]

BLOCK = 64
"""Images in a block times bytes of a number: 8 in float64, 16 in float32; C1's columns: 1.3 MB."""


def gradients(
    arch: Architecture,
    parameters: Parameters,
    images: Array,
    labels: Labels,
    block: int | None = None,
) -> Tensors:
    """The loss, its gradient by every trained parameter, and by the images.

    Args:
        arch, parameters, images, labels: as :func:`lenet_ref.network.run` takes them.
        block: images in a block; None: as many as BLOCK says.
    Returns:
        Of the tensors of ``run`` those named ``loss.data``, ``loss.reg``, ``loss.total``,
        ``<layer>.dW``, ``<layer>.db`` and ``<first layer>.dx``, within rounding of them: the
        blocks are added in another order than the images.
    Raises:
        ShapeError, DtypeError or ParameterError for unusable arguments, OptionError for a
        network without a loss or an unusable block.
    """
    if arch.loss is None or (block is not None and block < 1):
        raise OptionError("needs a loss and a block of 1 or more", where="gradients", got=block)
    checks.check_parameters(arch, parameters)
    checks.check_batch(images, labels, parameters, input_shape(arch), classes(arch))
    memory.keep_freed()
    block = block or BLOCK // images.itemsize
    total: Tensors = {}
    dx = np.empty(images.shape, images.dtype)
    for start in range(0, len(images), block):
        part = slice(start, start + block)
        share = len(images[part]) / len(images)
        found, dx[part] = _block(arch, arch.loss, parameters, images[part], labels[part], share)
        for name, value in found.items():
            if name in total:
                total[name] += value
            else:
                total[name] = value
    _regularise(arch.loss, parameters, total)
    return total | {f"{arch.layers[0].name}.dx": dx}


def _block(
    arch: Architecture, loss: Loss, p: Parameters, images: Array, labels: Labels, share: float
) -> tuple[Tensors, Array]:
    """Data loss and gradients of one block, as its share of the batch."""
    x: Array = images.transpose(1, 2, 3, 0).copy()  # the image last
    pullbacks: list[tuple[str, Pullback]] = []
    for layer in arch.layers:
        own = {key: p[f"{layer.name}.{key}"] for key in "Wb" if f"{layer.name}.{key}" in p}
        x, back = _forward(layer, x, own)
        pullbacks.append((layer.name, back))
    scores = loss_forward(replace(loss, reg=0.0), x, labels, [])
    data_share = share if loss.reduction == "mean" else 1.0
    gradient_share = share if loss.gradient == "mean" else 1.0
    found = {"loss.data": scores["data"] * x.dtype.type(data_share)}
    named = {f"loss.{key}": value for key, value in scores.items()}
    dy: Array = loss_backward(loss, named, labels) * x.dtype.type(gradient_share)
    for name, back in reversed(pullbacks):
        dy, learned = back(dy)
        found |= {f"{name}.{key}": value for key, value in learned.items()}
    return found, dy.transpose(3, 0, 1, 2)


def _regularise(loss: Loss, parameters: Parameters, total: Tensors) -> None:
    """Add what depends on the weights alone, once."""
    if loss.kind != "cross_entropy":
        return
    weights = {name: value for name, value in parameters.items() if name.endswith(".W")}
    total["loss.reg"] = regulariser.loss(weights.values(), loss.reg, total["loss.data"])
    total["loss.total"] = total["loss.data"] + total["loss.reg"]
    for name, W in weights.items() if loss.reg else ():
        key = f"{name[:-2]}.dW"
        total[key] = total[key] + regulariser.gradient(W, loss.reg)


def _forward(layer: Layer, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """Output and pullback of one layer."""
    match layer:
        case MaxPool():
            return _max_pool(layer, x)
        case RadialBasis():
            return _distances(layer, x, p["W"])
        case Convolution():
            z, back = _convolution(layer, x, p["W"], p["b"])
        case Subsampling():
            z, back = _subsampling(layer, x, p["W"], p["b"])
        case Affine():
            z, back = _affine(x, p["W"], p["b"])
    f = ACTIVATIONS[layer.activation]
    y = f.forward(z)
    return y, lambda dy: back(f.backward(dy, z, y))


def _convolution(layer: Convolution, x: Array, W: Array, b: Array) -> tuple[Array, Pullback]:
    """z: (K, OH, OW, N)."""
    mask = connection_mask(layer)
    matrix = convolution.weight_matrix(convolution.masked(W, mask))
    a = gathers.im2col(x, layer.kernel, layer.stride)
    z = convolution.pre_activation(a, matrix, b)
    sizes = zip(x.shape[1:3], layer.kernel, layer.stride, strict=True)
    shape = (layer.maps_out, *(output_size(*size) for size in sizes), x.shape[3])

    def back(dz: Array) -> tuple[Array, Tensors]:
        rows = dz.reshape(layer.maps_out, -1).T
        da = convolution.input_matrix_gradient(rows, matrix)
        dW = convolution.weight_gradient(a, rows).T.reshape(W.shape)
        learned = {"dW": convolution.masked(dW, mask), "db": convolution.bias_gradient(rows)}
        return gathers.col2im(da, x.shape, layer.kernel, layer.stride), learned

    return z.T.reshape(shape), back


def _max_pool(layer: MaxPool, x: Array) -> tuple[Array, Pullback]:
    """y = z: (C, OH, OW, N)."""
    a = gathers.windows(x, layer.window)
    argmax = max_pool.position_of_maximum(a)
    z = max_pool.maximum(a, argmax).reshape(_pooled(layer, x))

    def back(dy: Array) -> tuple[Array, Tensors]:
        da = max_pool.window_gradient(dy.reshape(-1), argmax, a.shape[1])
        return gathers.from_windows(da, x.shape, layer.window), {}

    return z, back


def _pooled(layer: MaxPool | Subsampling, x: Array) -> tuple[int, ...]:
    c, h, w, n = x.shape
    return (c, h // layer.window[0], w // layer.window[1], n)


def _subsampling(layer: Subsampling, x: Array, W: Array, b: Array) -> tuple[Array, Pullback]:
    """z: (C, OH, OW, N); the formulas see it as (N, C, OH, OW)."""
    scale = subsampling.window_scale(layer.reading, layer.window)
    a = gathers.windows(x, layer.window)
    s = subsampling.window_sum(a, scale).reshape(_pooled(layer, x)).transpose(3, 0, 1, 2)

    def back(dz: Array) -> tuple[Array, Tensors]:
        dz = dz.transpose(3, 0, 1, 2)
        ds = subsampling.sum_gradient(dz, W).transpose(1, 2, 3, 0).reshape(-1)
        da = subsampling.window_gradient(ds, scale, a.shape[1])
        learned = {"dW": subsampling.coefficient_gradient(s, dz),
                   "db": subsampling.bias_gradient(dz)}  # fmt: skip
        return gathers.from_windows(da, x.shape, layer.window), learned

    return subsampling.pre_activation(s, W, b).transpose(1, 2, 3, 0), back


def _affine(x: Array, W: Array, b: Array) -> tuple[Array, Pullback]:
    """z: (N, K)."""
    a = _flat(x)

    def back(dz: Array) -> tuple[Array, Tensors]:
        learned = {"dW": affine.weight_gradient(a, dz), "db": affine.bias_gradient(dz)}
        return _unflat(affine.input_gradient(dz, W), x), learned

    return affine.pre_activation(a, W, b), back


def _distances(layer: RadialBasis, x: Array, W: Array) -> tuple[Array, Pullback]:
    """y: (N, K)."""
    a = _flat(x)

    def back(dy: Array) -> tuple[Array, Tensors]:
        learned = {"dW": rbf.code_gradient(a, W, dy)} if layer.learned else {}
        return _unflat(rbf.input_gradient(a, W, dy), x), learned

    return rbf.forward(a, W), back


def _flat(x: Array) -> Array:
    """(N, D) of a volume (C, H, W, N), or of what is flat already."""
    return x.reshape(-1, x.shape[3]).T if x.ndim == 4 else x


def _unflat(dx: Array, x: Array) -> Array:
    """Back in the shape of x."""
    return dx.T.reshape(x.shape) if x.ndim == 4 else dx
