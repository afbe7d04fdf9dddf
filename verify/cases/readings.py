"""A network as a regime needs it: without squashing, so that small integers stay exact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import activation_of
from verify.cases.networks import regularised

__all__ = ["BENT", "as_it_is", "bends", "linear", "of_every_term"]
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


def of_every_term(arch: Architecture) -> Architecture:
    """With a regulariser, where there may be one: 0.5 would not do, for its square is its half."""
    return regularised(arch, 0.3)
