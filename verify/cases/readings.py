"""A network as a regime needs it: without squashing, so that small integers stay exact."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import activation_of, rectified
from lenet_ref.specs.pool import Pool
from verify.cases.networks import regularised

__all__ = [
    "BENT",
    "LARGEST_SCALE",
    "LEAK",
    "SLOPE",
    "as_it_is",
    "bends",
    "linear",
    "may_tie",
    "of_every_term",
    "scale",
]
BENT = ("squash", "tanh", "logistic", "scaled_tanh")
"""Activations that have no exact values."""
SLOPE = 0.25
LEAK = f"leaky({SLOPE})"
"""A slope whose products are exact; by its inverse whole numbers are multiplied, once a layer."""
LARGEST_SCALE = 2**8
"""A product of two numbers of that scale leaves sums of thousands exact; leaky layers beyond it are
linear."""


def as_it_is(arch: Architecture) -> Architecture:
    """The network itself."""
    return arch


def bends(layer: object) -> bool:
    """The layer's activation has no exact values."""
    return activation_of(layer).partition("(")[0] in BENT


def linear(arch: Architecture) -> Architecture:
    """Without squashing, and with a regulariser of 1/2 where there may be one."""
    layers: list[Any] = []
    room = LARGEST_SCALE / math.prod(_means(arch))
    for layer in arch.layers:
        name = activation_of(layer)
        if bends(layer):
            name = "identity"
        elif name.startswith("leaky"):
            room *= SLOPE
            name = LEAK if room >= 1 else "identity"
        layers.append(replace(layer, activation=name) if name else layer)  # type: ignore[call-arg]
    return regularised(replace(arch, layers=tuple(layers)), 0.5)


def scale(arch: Architecture) -> float:
    """What inputs, biases and the upstream gradient, whole numbers, are multiplied by so that means
    of windows and leaky slopes leave them whole; of a network without squashing."""
    leaks = sum(activation_of(layer) == LEAK for layer in arch.layers)
    return math.prod(_means(arch)) / SLOPE**leaks


def _means(arch: Architecture) -> Iterator[float]:
    """The sizes of windows of which a mean is taken."""
    for layer in arch.layers:
        average = layer.family == "average_pool" or getattr(layer, "reading", "") == "average"
        if isinstance(layer, Pool) and average:
            yield float(math.prod(layer.window))


def may_tie(arch: Architecture) -> bool:
    """What is pooled by a maximum was rectified: then zeros tie on any image."""
    pairs = zip(arch.layers, arch.layers[1:], strict=False)
    return all(rectified(before) for before, layer in pairs if layer.family == "max_pool")


def of_every_term(arch: Architecture) -> Architecture:
    """With a regulariser, where there may be one: 0.5 would not do, for its square is its half."""
    return regularised(arch, 0.3)
