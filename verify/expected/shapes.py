"""The shape every tensor of a trace must have, from the network's description and N alone."""

from __future__ import annotations

import math

from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)

Shape = tuple[int, ...]


def shapes(arch: Architecture, n: int) -> dict[str, Shape]:
    """``<layer>.<symbol>`` to shape for a batch of n, gradients included."""
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
    """Forward shapes of one layer."""
    match layer:
        case Convolution():
            return _convolution(layer, n)
        case MaxPool():
            x, a, pooled = _pooled(layer, n)
            return {"x": x, "a": a, "argmax": pooled, "z": pooled, "y": pooled}
        case Subsampling():
            x, a, pooled = _pooled(layer, n)
            per_map = {"W": (layer.maps,), "b": (layer.maps,)}
            return {"x": x, "a": a, "s": pooled, "z": pooled, "y": pooled, **per_map}
        case Affine():
            x, y = (n, layer.units_in), (n, layer.units_out)
            weights = {"W": (layer.units_out, layer.units_in), "b": (layer.units_out,)}
            return {"x": x, "a": x, "z": y, "y": y, **weights}
        case RadialBasis():
            codes = (layer.classes, layer.units_in)
            return {"x": (n, layer.units_in), "W": codes, "y": (n, layer.classes)}


def _convolution(layer: Convolution, n: int) -> dict[str, Shape]:
    (h, w), (kh, kw), (sh, sw) = layer.size, layer.kernel, layer.stride
    positions = ((h - kh) // sh + 1, (w - kw) // sw + 1)
    y = (n, layer.maps_out, *positions)
    return {
        "x": (n, layer.maps_in, h, w),
        "W": (layer.maps_out, layer.maps_in, kh, kw),
        "b": (layer.maps_out,),
        "a": (n * math.prod(positions), layer.maps_in * kh * kw),
        "z": y,
        "y": y,
    }


def _pooled(layer: MaxPool | Subsampling, n: int) -> tuple[Shape, Shape, Shape]:
    (h, w), (kh, kw) = layer.size, layer.window
    pooled = (n, layer.maps, h // kh, w // kw)
    return (n, layer.maps, h, w), (math.prod(pooled), kh * kw), pooled
