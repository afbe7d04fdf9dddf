"""Names, shapes and initial values of the parameters, in PyTorch's shapes."""

from __future__ import annotations

import numpy as np

from lenet_ref.architecture import Architecture, Layer
from lenet_ref.specs.layer import Shape
from lenet_ref.types import Array

__all__ = ["initial", "initial_limit", "parameter_shapes", "without_dead_links"]


def parameter_shapes(arch: Architecture) -> dict[str, Shape]:
    """``<layer>.W`` and ``<layer>.b`` of every layer that has them, in network order.

    Convolution (K, C, kh, kw) and (K,); subsampling (C,) and (C,); affine (K, D) and (K,);
    RBF codes (K, D).  A layer without bias has no b.
    """
    return {
        f"{layer.name}.{symbol}": shape
        for layer in arch.layers
        for symbol, shape in layer.parameter_shapes.items()
    }


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
        for symbol, shape in layer.parameter_shapes.items():
            value = layer.fixed(symbol)
            if value is None:
                limit = initial_limit(arch.variant, symbol, layer.fan_in)
                column = limit.reshape(-1, *[1] * (len(shape) - 1))
                value = rng.uniform(-1, 1, size=shape) * column
            values[f"{layer.name}.{symbol}"] = without_dead_links(layer, symbol, value).astype(
                dtype
            )
    return values


def initial_limit(variant: str, symbol: str, F: Array) -> Array:
    """Half-width of the uniform distribution for fan-in F."""
    if variant == "1998":
        return 2.4 / F
    return np.sqrt(6 / F) if symbol == "W" else 1 / np.sqrt(F)


def without_dead_links(layer: Layer, symbol: str, value: Array) -> Array:
    """Zero the parameters that do not exist: weights outside a connection table."""
    live = layer.live(symbol)
    return value if live is None else value * live
