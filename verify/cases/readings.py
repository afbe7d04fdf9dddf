"""A network as a regime needs it: without squashing, so that small integers stay exact."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import activation_of, rectified
from lenet_ref.specs.pool import Pool
from verify.cases.networks import regularised

__all__ = ["BENT", "LEAK", "as_it_is", "bends", "linear", "may_tie", "of_every_term", "scale"]
BENT = ("squash", "tanh", "logistic", "scaled_tanh")
"""Activations that have no exact values."""
LEAK = "leaky(0.25)"
"""A slope whose products are exact."""


def as_it_is(arch: Architecture) -> Architecture:
    """The network itself."""
    return arch


def bends(layer: object) -> bool:
    """The layer's activation has no exact values."""
    return activation_of(layer).partition("(")[0] in BENT


def linear(arch: Architecture) -> Architecture:
    """Without squashing, and with a regulariser of 1/2 where there may be one."""
    layers: list[Any] = []
    for layer in arch.layers:
        name = activation_of(layer)
        if bends(layer):
            name = "identity"
        elif name.startswith("leaky"):
            name = LEAK
        layers.append(replace(layer, activation=name) if name else layer)  # type: ignore[call-arg]
    return regularised(replace(arch, layers=tuple(layers)), 0.5)


def scale(arch: Architecture) -> float:
    """What whole numbers are multiplied by so that means of windows leave them whole."""
    sizes = (math.prod(layer.window) for layer in arch.layers if isinstance(layer, Pool)
             and (layer.family == "average_pool" or getattr(layer, "reading", "") == "average")
             )  # fmt: skip
    return float(math.prod(sizes))


def may_tie(arch: Architecture) -> bool:
    """What is pooled by a maximum was rectified: then zeros tie on any image."""
    pairs = zip(arch.layers, arch.layers[1:], strict=False)
    return all(rectified(before) for before, layer in pairs if layer.family == "max_pool")


def of_every_term(arch: Architecture) -> Architecture:
    """With a regulariser, where there may be one: 0.5 would not do, for its square is its half."""
    return regularised(arch, 0.3)
