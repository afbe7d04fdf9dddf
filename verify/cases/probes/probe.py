"""A probe as data: one layer alone, or the last one with its loss."""

from __future__ import annotations

from dataclasses import dataclass

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import Layer
from lenet_ref.specs.loss import Loss


@dataclass(frozen=True)
class Probe:
    """A layer on its own, or the last one with its loss.

    variant: with which network's plan it is run; OPTIONS: with that of none of the two, for it has
    options that neither has, and its equations are its family's own.
    exact: how the layer stands in the exact tier (no squashing).
    batch: of the plan's case; a loss has as many patterns as show it every label.
    spread: factor of the inputs outside the exact tier; a loss that does not shift its exponents
    survives small ones.
    ties: equal inputs are meant to meet in it.
    before: a layer that makes the volume which it reads.
    """

    variant: str
    layer: Layer
    exact: Layer | None = None
    loss: Loss | None = None
    batch: int = 3
    spread: float = 1.0
    ties: bool = False
    before: Layer | None = None

    def concerns(self, arch: Architecture) -> bool:
        """It is of a family that a network has."""
        families = {layer.family for layer in arch.layers}
        kind = "" if arch.loss is None else arch.loss.kind
        return self.layer.family in families if self.loss is None else self.loss.kind == kind


OPTIONS = "options"
CLASSES = 10
EVERY_LABEL = 16
"""More patterns than classes, and a power of two: the exact tier divides by it."""
MANY = 131
"""A prime above every number of maps, units or classes."""
