"""What a tensor is, as far as layouts go: a volume, a bank of filters, weights, inputs.

A form is made from the network alone, never from a layer's name: which convolution covers its
whole input and which layer reads a volume as a vector are facts of its description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lenet_ref.architecture import Architecture, Layer
from lenet_ref.specs.convolution import Convolution
from lenet_ref.specs.layer import Shape

__all__ = ["KEYS", "ORDER", "Form", "forms"]

ORDER = "CHW"
"""In which a network flattens a volume, if it does not say."""
_OUTPUTS = ("y", "dy", "z", "dz")
"""Of a layer below one that reads vectors, what has the shape of its output."""
KEYS: dict[str, tuple[str, ...]] = {
    "volume": ("volumes",),
    "filters": ("convolution",),
    "weights": ("affine",),
    "weights of a volume": ("affine", "flatten"),
    "inputs": ("flatten",),
    "covered volume": ("volumes", "covering", "flatten"),
    "covering filters": ("convolution", "affine", "covering", "flatten", "volumes"),
    "covering fields": ("covering", "flatten"),
    "plain": (),
}
"""Kinds of forms, and the keys of [layout] that say how each may lie."""


@dataclass(frozen=True)
class Form:
    """kind: one of KEYS; shape: with us; volume: (C, H, W) of what is flattened in one of its axes,
    or of a volume by the layer above, if that is so; order: in which the network does that."""

    kind: str
    shape: Shape
    volume: Shape = ()
    order: str = ORDER


def forms(arch: Architecture, shapes: dict[str, Shape]) -> Iterator[tuple[str, Form]]:
    """Every tensor of ``shapes`` (names with a dot, and images) and its form."""
    before: dict[str, Shape] = {}
    layers: dict[str, Layer] = {}
    read: dict[str, str] = {}
    shape, below = arch.input_shape, ""
    for layer in arch.layers:
        layers[layer.name], before[layer.name] = layer, shape
        if len(shape) == 3 and len(layer.input_shape) == 1:
            read[below] = getattr(layer, "flatten", ORDER)
        shape, below = layer.output_shape, layer.name
    for tensor, shape in shapes.items():
        name, _, symbol = tensor.rpartition(".")
        found = _of_layer(layers[name], before[name], symbol, shape) if name in layers else None
        if found is None and len(shape) == 4 and name in read and symbol in _OUTPUTS:
            found = Form("volume", shape, shape[1:], read[name])
        yield tensor, found or Form("volume" if len(shape) == 4 else "plain", shape)


def _of_layer(layer: Layer, before: Shape, symbol: str, shape: Shape) -> Form | None:
    """The form of a tensor of a layer that reads ``before``; None where its axes say it."""
    kind = symbol.removeprefix("d")
    if isinstance(layer, Convolution):
        return _of_convolution(layer, kind, shape)
    volume = before if len(before) == 3 and len(layer.input_shape) == 1 else ()
    order = getattr(layer, "flatten", ORDER)
    if kind == "W" and len(shape) == 2:
        return Form("weights of a volume" if volume else "weights", shape, volume, order)
    if kind in ("x", "a") and volume:
        return Form("inputs", shape, volume, order)
    return None


def _of_convolution(layer: Convolution, kind: str, shape: Shape) -> Form | None:
    padded = any(getattr(layer, "padding", (0, 0)))
    covers = layer.kernel == layer.size and not padded
    if kind == "W":
        return Form("covering filters" if covers else "filters", shape, shape[1:])
    if covers and kind == "a":
        return Form("covering fields", shape, layer.input_shape)
    if covers and len(shape) == 4:
        return Form("covered volume", shape, shape[1:])
    return None
