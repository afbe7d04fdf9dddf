"""A whole LeNet-5: forward and backward over the layers, every symbol kept by name.

The result is a flat mapping ``<layer>.<symbol>`` to array; gradients carry a d.
Nothing is hidden, changed or applied: call it twice and get the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from lenet_ref import checks, connections, matrix, memory
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.errors import LayerError, LeNetError
from lenet_ref.layers import (
    affine,
    convolution,
    identity,
    logistic,
    max_pool,
    rbf,
    relu,
    squash,
    subsampling,
    tanh,
)
from lenet_ref.losses import regulariser
from lenet_ref.losses.select import loss_backward, loss_forward
from lenet_ref.types import Array, Labels, Parameters, Tensors

ACTIVATIONS: dict[str, ModuleType] = {
    "relu": relu,
    "squash": squash,
    "logistic": logistic,
    "tanh": tanh,
    "identity": identity,
}


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


def input_shape(arch: Architecture) -> tuple[int, ...]:
    """Shape of one input: (C, H, W), or (D,) when the first layer is fully connected."""
    first = arch.layers[0]
    match first:
        case Convolution():
            return (first.maps_in, *first.size)
        case MaxPool() | Subsampling():
            return (first.maps, *first.size)
        case _:
            return (first.units_in,)


def output_shape(arch: Architecture) -> tuple[int, ...]:
    """Shape of one output of the last layer: (K,) or (K, OH, OW)."""
    last = arch.layers[-1]
    match last:
        case Convolution():
            sizes = zip(last.size, last.kernel, last.stride, strict=True)
            return (last.maps_out, *(matrix.output_size(*size) for size in sizes))
        case MaxPool() | Subsampling():
            sizes_of_windows = zip(last.size, last.window, strict=True)
            return (last.maps, *(size // window for size, window in sizes_of_windows))
        case _:
            return (classes(arch),)


def classes(arch: Architecture) -> int:
    """Number of classes the loss sees; 0 without a loss."""
    last = arch.layers[-1]
    match last:
        case Affine():
            return last.units_out
        case RadialBasis():
            return last.classes
        case _:
            return 0


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
    checks.check_batch(images, labels, parameters, input_shape(arch), classes(arch))
    if upstream is not None:
        checks.check_upstream(upstream, images, output_shape(arch))
    memory.keep_freed()
    tensors = forward(arch, parameters, images, labels)
    return tensors | backward(arch, tensors, labels, upstream)


def forward(
    arch: Architecture, parameters: Parameters, images: Array, labels: Labels | None = None
) -> Tensors:
    """Every tensor of the forward pass, the loss included when there are labels.
    Eq. {M,H}-{C1,C3,C5,F6}-{W,b}, H-{S2,S4}-{W,b}, M-F7-{W,b}."""
    tensors: Tensors = {}
    x: NDArray[Any] = images
    for layer in arch.layers:
        x = layer_input(layer, x)
        own = {k: parameters[f"{layer.name}.{k}"] for k in ("W", "b") if _has(layer, k)}
        with _at(layer.name, "forward"):
            result = {"x": x, **own, **layer_forward(layer, x, own)}
        tensors |= {f"{layer.name}.{key}": value for key, value in result.items()}
        x = result["y"]
    if arch.loss is not None and labels is not None:
        weights = [v for k, v in parameters.items() if k.endswith(".W")]
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
    Eq. {M,H}-{C1,S2,C3,S4,C5,F6,F7}-dy."""
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
        dy = dy.reshape(kept["y"].shape)
        with _at(layer.name, "backward"):
            result = {"dy": dy, **layer_backward(layer, kept, dy)}
        if arch.loss is not None and arch.loss.reg and "dW" in result:
            result["dW"] = result["dW"] + regulariser.gradient(kept["W"], arch.loss.reg)
        gradients |= {f"{layer.name}.{key}": value for key, value in result.items()}
        dy = result["dx"]
    return gradients


_KEPT = ("x", "a", "argmax", "s", "W", "b", "z", "y")


def _has(layer: Layer, key: str) -> bool:
    if isinstance(layer, RadialBasis):
        return key == "W"
    return not isinstance(layer, MaxPool)


def layer_input(layer: Layer, x: NDArray[Any]) -> NDArray[Any]:
    """The previous output as this layer's input: C5's (N, 120, 1, 1) becomes F6's (N, 120).
    Eq. {M,H}-{C1,S2,C3,S4,C5,F6,F7}-x."""
    return x.reshape(len(x), -1) if isinstance(layer, Affine | RadialBasis) else x


def layer_forward(layer: Layer, x: Array, p: Parameters) -> Tensors:
    """Forward pass of one layer: its symbols without x, W and b."""
    match layer:
        case Convolution():
            linear = convolution.forward(x, p["W"], p["b"], layer.stride, connection_mask(layer))
        case MaxPool():
            return max_pool.forward(x, layer.window)
        case Subsampling():
            linear = subsampling.forward(x, p["W"], p["b"], layer.window, layer.reading)
        case Affine():
            linear = affine.forward(x, p["W"], p["b"])
        case RadialBasis():
            return {"y": rbf.forward(x, p["W"])}
    y = ACTIVATIONS[layer.activation].forward(linear["z"])
    return {**linear, "y": y}


def layer_backward(layer: Layer, t: Tensors, dy: Array) -> Tensors:
    """Backward pass of one layer from its forward symbols and dy."""
    match layer:
        case MaxPool():
            return max_pool.backward(t["x"], t["argmax"], dy, layer.window)
        case RadialBasis():
            dx = rbf.input_gradient(t["x"], t["W"], dy)
            learned = {"dW": rbf.code_gradient(t["x"], t["W"], dy)} if layer.learned else {}
            return {"dx": dx, **learned}
    dz = ACTIVATIONS[layer.activation].backward(dy, t["z"], t["y"])
    match layer:
        case Convolution():
            linear = convolution.backward(
                t["x"], t["a"], t["W"], dz, layer.stride, connection_mask(layer)
            )
        case Subsampling():
            linear = subsampling.backward(t["x"], t["s"], t["W"], dz, layer.window, layer.reading)
        case Affine():
            linear = affine.backward(t["a"], t["W"], dz)
    return {"dz": dz, **linear}


def connection_mask(layer: Convolution) -> convolution.Mask | None:
    """T of a sparse layer as booleans, None of a dense one.  Eq. H-C3-mask."""
    return None if layer.table is None else connections.mask(layer.table, layer.maps_in)


def predict(arch: Architecture, tensors: Tensors) -> Labels:
    """Class of each pattern: argmax of the scores, argmin of RBF distances (1998)."""
    y = tensors[f"{arch.layers[-1].name}.y"]
    return y.argmin(axis=1) if isinstance(arch.layers[-1], RadialBasis) else y.argmax(axis=1)
