"""The shape every tensor of a trace must have, from the network's description and N alone."""

from __future__ import annotations

from lenet_ref.architecture import Architecture, Layer
from lenet_ref.specs.layer import Shape
from verify.expected.families import LAYERS
from verify.expected.step import is_gradient

__all__ = ["layer_shapes", "shapes"]


def shapes(arch: Architecture, n: int) -> dict[str, Shape]:
    """``<layer>.<symbol>`` to shape for a batch of n patterns, gradients included; a loss is a
    number, shape ()."""
    found: dict[str, Shape] = {}
    for layer in arch.layers:
        found |= {f"{layer.name}.{key}": value for key, value in _with_gradients(layer, n).items()}
    if arch.loss is not None:
        scores = found[f"{arch.layers[-1].name}.y"]
        found |= {f"loss.{key}": scores for key in ("x", "probs", "dx")}
        found |= {f"loss.{key}": () for key in ("data", "reg", "total")}
    return found


def _with_gradients(layer: Layer, n: int) -> dict[str, Shape]:
    forward = layer_shapes(layer, n)
    return forward | {f"d{k}": v for k, v in forward.items() if k != "argmax"}


def layer_shapes(layer: Layer, n: int) -> dict[str, Shape]:
    """Symbol to shape of one layer for n patterns: x, W, b and what is computed forward."""
    inner: dict[str, Shape] = LAYERS[layer.family].inner_shapes(layer, n)
    found = {"x": (n, *layer.input_shape), **inner, **layer.parameter_shapes}
    return {symbol: shape for symbol, shape in found.items() if not is_gradient(symbol)}
