"""A whole network: forward and backward over the layers, every symbol kept by name.

The result is a flat mapping ``<layer>.<symbol>`` to array; gradients carry a d.
Nothing is hidden, changed or applied: call it twice and get the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numpy.typing import NDArray

from lenet_ref import checks, families, regulariser
from lenet_ref.architecture import Architecture, Layer
from lenet_ref.errors import LayerError, LeNetError
from lenet_ref.loss import loss_backward, loss_forward
from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import Shape, activation_of, maps_last
from lenet_ref.types import Array, Labels, Parameters, Tensors

__all__ = ["ACTIVATIONS", "LAYERS", "backward", "forward", "layer_backward", "layer_forward",
           "layer_input", "layer_output_gradient", "predict", "run"]  # fmt: skip
ACTIVATIONS = families.room(
    "lenet_ref.activations", tuple(families.modules("lenet_ref.activations")), "forward", "backward"
)
LAYERS = families.room(
    "lenet_ref.layers", tuple(families.layers()), "layer_forward", "layer_backward"
)


@contextmanager
def _at(layer: str, direction: str) -> Iterator[None]:
    """Name the layer in whatever its computation raises."""
    try:
        yield
    except LeNetError:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise LayerError(text, where=f"{layer} {direction}") from error


def run(
    arch: Architecture,
    parameters: Parameters,
    images: Array,
    labels: Labels | None = None,
    upstream: Array | None = None,
) -> Tensors:
    """Forward and backward.

    Args:
        arch: the network.
        parameters: as :func:`lenet_ref.parameters.parameter_shapes` names them.
        images: (N, C, H, W) in the dtype of the parameters.
        labels: (N,) classes, needed by the loss.
        upstream: gradient at the last layer's output; replaces the loss's when given.
    Returns:
        Every tensor of the forward and of the backward pass, in the same dtype.
    Raises:
        ShapeError, DtypeError or ParameterError for unusable arguments.
    """
    checks.check_parameters(arch, parameters)
    checks.check_batch(images, labels, parameters, arch.input_shape, arch.classes)
    if upstream is not None:
        checks.check_upstream(upstream, images, arch.output_shape)
    tensors = forward(arch, parameters, images, labels)
    return tensors | backward(arch, tensors, labels, upstream)


def forward(
    arch: Architecture, parameters: Parameters, images: Array, labels: Labels | None = None
) -> Tensors:
    """Every tensor of the forward pass, the loss included when there are labels.
    Eq. {M,H}-{C1,C3,C5,F6}-{W,b}, H-{S2,S4}-{W,b}, M-F7-{W,b},
    affine-{W,b}, convolution-{W,b}, subsampling-{W,b}, rbf-W."""
    tensors: Tensors = {}
    x: NDArray[Any] = images
    for layer in arch.layers:
        x = layer_input(layer, x)
        own = {k: parameters[f"{layer.name}.{k}"] for k in layer.parameter_shapes}
        with _at(layer.name, "forward"):
            result = {"x": x, **own, **layer_forward(layer, x, own)}
        tensors |= {f"{layer.name}.{key}": value for key, value in result.items()}
        x = result["y"]
    if arch.loss is not None and labels is not None:
        weights = [parameters[f"{layer.name}.W"] for layer in arch.layers if layer.decayed]
        with _at("loss", "forward"):
            result = loss_forward(arch.loss, x, labels, weights)
        tensors |= {f"loss.{key}": value for key, value in result.items()}
    return tensors


def backward(
    arch: Architecture,
    tensors: Tensors,
    labels: Labels | None = None,
    upstream: Array | None = None,
) -> Tensors:
    """Every gradient, from the loss (or ``upstream``) down to the input image.
    Eq. {M,H}-{C1,S2,C3,S4,C5,F6,F7}-dy, *-dy."""
    above: Layer | None = None
    gradients: Tensors = {}
    dy = upstream
    if arch.loss is not None and labels is not None:
        with _at("loss", "backward"):
            dx = loss_backward(arch.loss, tensors, labels)
        gradients["loss.dx"] = dx
        dy = dx if upstream is None else upstream
    if dy is None:
        return gradients
    for layer in reversed(arch.layers):
        kept = {k: tensors[f"{layer.name}.{k}"] for k in _KEPT if f"{layer.name}.{k}" in tensors}
        dy = layer_output_gradient(above, dy, kept["y"].shape)
        with _at(layer.name, "backward"):
            result = {"dy": dy, **layer_backward(layer, kept, dy)}
        if layer.decayed and arch.loss is not None and arch.loss.reg:
            result["dW"] = result["dW"] + regulariser.gradient(kept["W"], arch.loss.reg)
        gradients |= {f"{layer.name}.{key}": value for key, value in result.items()}
        above, dy = layer, result["dx"]
    return gradients


_KEPT = ("x", "a", "argmax", "s", "W", "b", "z", "y")


def layer_input(layer: Layer, x: NDArray[Any]) -> NDArray[Any]:
    """The previous output as this layer's input: C5's (N, 120, 1, 1) becomes F6's (N, 120); with
    its maps last where the layer says so.  Eq. {M,H}-{C1,S2,C3,S4,C5,F6,F7}-x, *-x."""
    if maps_last(layer) and x.ndim == 4:
        x = x.transpose(0, 2, 3, 1)
    return x.reshape(len(x), -1) if len(layer.input_shape) == 1 else x


def layer_output_gradient(above: Layer | None, dx: Array, shape: Shape) -> Array:
    """dy of a layer whose output has this shape, from dx of the one above: the inverse of
    :func:`layer_input`.  None: dx is the loss's, or given.
    Eq. {M,H}-{C1,S2,C3,S4,C5,F6,F7}-dy, *-dy."""
    if maps_last(above) and len(shape) == 4:
        n, c, h, w = shape
        return dx.reshape(n, h, w, c).transpose(0, 3, 1, 2)
    return dx.reshape(shape)


def layer_forward(layer: Layer, x: Array, p: Parameters) -> Tensors:
    """Forward pass of one layer: its symbols without x, W and b.  y = f(z), Eq. affine-y,
    average_pool-y, convolution-y, max_pool-y, subsampling-y, where it has an activation."""
    found: Tensors = LAYERS[layer.family].layer_forward(layer, x, p)
    name, own = parts(activation_of(layer))
    if name:
        return {**found, "y": ACTIVATIONS[name].forward(found["z"], *own)}
    return found


def layer_backward(layer: Layer, t: Tensors, dy: Array) -> Tensors:
    """Backward pass of one layer from its forward symbols and dy.  dz = f'(z) * dy,
    Eq. affine-dz, average_pool-dz, convolution-dz, max_pool-dz, subsampling-dz, where it has an
    activation."""
    derivation = LAYERS[layer.family]
    name, own = parts(activation_of(layer))
    if not name:
        found: Tensors = derivation.layer_backward(layer, t, dy)
        return found
    dz = ACTIVATIONS[name].backward(dy, t["z"], t["y"], *own)
    return {"dz": dz, **derivation.layer_backward(layer, t, dz)}


def predict(arch: Architecture, tensors: Tensors) -> Labels:
    """Class of each pattern: argmax of the scores, argmin of RBF distances (1998)."""
    last = arch.layers[-1]
    y = tensors[f"{last.name}.y"]
    return y.argmin(axis=1) if last.nearest else y.argmax(axis=1)
