"""Names, shapes, counts and initial values of the parameters, in PyTorch's shapes."""

from __future__ import annotations

import math

import numpy as np

from lenet_ref import codes, connections
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.types import Array

Shape = tuple[int, ...]


def parameter_shapes(arch: Architecture) -> dict[str, Shape]:
    """``<layer>.W`` and ``<layer>.b`` of every layer that has them, in network order.

    Convolution (K, C, kh, kw) and (K,); subsampling (C,) and (C,); affine (K, D) and (K,);
    RBF codes (K, D).
    """
    shapes: dict[str, Shape] = {}
    for layer in arch.layers:
        shapes |= {f"{layer.name}.{key}": shape for key, shape in layer_shapes(layer).items()}
    return shapes


def layer_shapes(layer: Layer) -> dict[str, Shape]:
    """Shapes of one layer's own parameters."""
    match layer:
        case Convolution():
            k = layer.maps_out
            return {"W": (k, layer.maps_in, *layer.kernel), "b": (k,)}
        case Subsampling():
            return {"W": (layer.maps,), "b": (layer.maps,)}
        case Affine():
            return {"W": (layer.units_out, layer.units_in), "b": (layer.units_out,)}
        case RadialBasis():
            return {"W": (layer.classes, layer.units_in)}
        case _:
            return {}


def trainable(layer: Layer) -> int:
    """Number of trainable parameters of a layer; dead links and fixed codes do not count."""
    if isinstance(layer, RadialBasis) and not layer.learned:
        return 0
    if isinstance(layer, Convolution) and layer.table is not None:
        links = sum(len(sources) for sources in layer.table)
        return links * math.prod(layer.kernel) + layer.maps_out
    return sum(math.prod(shape) for shape in layer_shapes(layer).values())


def fan_in(layer: Layer) -> Array:
    """Inputs of a unit of each output map, (K,); C3 of 1998 has 75, 100 or 150 by map."""
    match layer:
        case Convolution():
            every = tuple(range(layer.maps_in))
            table = layer.table or (every,) * layer.maps_out
            return np.array([len(sources) * math.prod(layer.kernel) for sources in table], float)
        case Subsampling() | MaxPool():
            return np.full(layer.maps, math.prod(layer.window), dtype=float)
        case Affine():
            return np.full(layer.units_out, layer.units_in, dtype=float)
        case RadialBasis():
            return np.full(layer.classes, layer.units_in, dtype=float)


def initial(arch: Architecture, seed: int, dtype: str = "float64") -> dict[str, Array]:
    """Initial parameters of a network, drawn in float64 and rounded to ``dtype``.

    1998: W and b uniform in +-2.4 / F_i, F_i the fan-in of the unit (paper, appendix A);
    RBF codes from Fig. 3.
    modern: He-uniform W in +-sqrt(6 / F_i); b in +-1 / sqrt(F_i), never zero, so that a
    forgotten bias shows.
    """
    rng = np.random.default_rng(seed)
    values: dict[str, Array] = {}
    for layer in arch.layers:
        F = fan_in(layer)
        for key, shape in layer_shapes(layer).items():
            if isinstance(layer, RadialBasis):
                value = codes.codes()[: shape[0], : shape[1]]
            else:
                limit = initial_limit(arch.variant, key, F)
                column = limit.reshape(-1, *[1] * (len(shape) - 1))
                value = rng.uniform(-1, 1, size=shape) * column
            values[f"{layer.name}.{key}"] = without_dead_links(layer, key, value).astype(dtype)
    return values


def initial_limit(variant: str, key: str, F: Array) -> Array:
    """Half-width of the uniform distribution for fan-in F."""
    if variant == "1998":
        return 2.4 / F
    return np.sqrt(6 / F) if key == "W" else 1 / np.sqrt(F)


def without_dead_links(layer: Layer, key: str, value: Array) -> Array:
    """Zero the weights outside the connection table."""
    if key == "W" and isinstance(layer, Convolution) and layer.table is not None:
        return value * connections.mask(layer.table, layer.maps_in)[:, :, None, None]
    return value
