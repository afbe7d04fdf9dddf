"""Gradients only: the same formulas as :mod:`lenet_ref.network`, no trace, in small blocks.

A layer's function returns its output and its *pullback*, which maps the gradient at the output to
the gradient at the input and those of the parameters.  A batch is processed in blocks that stay
in the processor's cache; the gradients of the blocks are added.
"""

from __future__ import annotations

import numpy as np

from lenet_ref import checks, families, regulariser
from lenet_ref.architecture import Architecture, Layer, Loss
from lenet_ref.errors import OptionError
from lenet_ref.fast import gathers, kernels, memory
from lenet_ref.fast.pullback import Pullback
from lenet_ref.loss import LOSSES, loss_backward, loss_forward
from lenet_ref.network import ACTIVATIONS
from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import activation_of
from lenet_ref.types import Array, Labels, Parameters, Tensors

__all__ = ["BLOCK", "LAYERS", "QUICKER", "gradients"]
QUICKER = {"relu": kernels.rectified}
"""Activations whose way back has a kernel of its own."""
LAYERS = families.room("lenet_ref.fast", tuple(families.layers()), "pulled")

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
    checks.check_batch(images, labels, parameters, arch.input_shape, arch.classes)
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
    _regularise(arch, arch.loss, parameters, total)
    return total | {f"{arch.layers[0].name}.dx": dx}


def _block(
    arch: Architecture, loss: Loss, p: Parameters, images: Array, labels: Labels, share: float
) -> tuple[Tensors, Array]:
    """Data loss and gradients of one block, as its share of the batch."""
    volumes = images.ndim == 4
    x = images
    if volumes:  # the image last, as gathers.by_lines says
        x = gathers.by_lines(images.transpose(1, 2, 3, 0)).transpose(1, 0, 2, 3)
    pullbacks: list[tuple[str, Pullback]] = []
    for layer in arch.layers:
        own = {key: p[f"{layer.name}.{key}"] for key in layer.parameter_shapes}
        x, back = _forward(layer, x, own)
        pullbacks.append((layer.name, back))
    scores = loss_forward(loss, x, labels, [])
    data_share = share if loss.reduction == "mean" else 1.0
    gradient_share = share if loss.gradient == "mean" else 1.0
    found = {"loss.data": scores["data"] * x.dtype.type(data_share)}
    named = {f"loss.{key}": value for key, value in scores.items()}
    dy: Array = loss_backward(loss, named, labels) * x.dtype.type(gradient_share)
    for name, back in reversed(pullbacks):
        dy, learned = back(dy)
        found |= {f"{name}.{key}": value for key, value in learned.items()}
    return found, dy.transpose(3, 0, 1, 2) if volumes else dy


def _regularise(arch: Architecture, loss: Loss, parameters: Parameters, total: Tensors) -> None:
    """Add what depends on the weights alone, once."""
    if not LOSSES[loss.kind].REGULARISED:
        return
    weights = {layer.name: parameters[f"{layer.name}.W"] for layer in arch.layers if layer.decayed}
    total["loss.reg"] = regulariser.loss(weights.values(), loss.reg, total["loss.data"])
    total["loss.total"] = total["loss.data"] + total["loss.reg"]
    for name, W in weights.items() if loss.reg else ():
        total[f"{name}.dW"] = total[f"{name}.dW"] + regulariser.gradient(W, loss.reg)


def _forward(layer: Layer, x: Array, p: Parameters) -> tuple[Array, Pullback]:
    """Output and pullback of one layer."""
    z: Array
    back: Pullback
    z, back = LAYERS[layer.family].pulled(layer, x, p)
    name, own = parts(activation_of(layer))
    if not name:
        return z, back
    f = ACTIVATIONS[name]
    y = f.forward(z, *own)
    slope = QUICKER.get(name, f.backward)
    return y, lambda dy: back(slope(dy, z, y, *own))
