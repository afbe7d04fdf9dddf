"""The coverage ledger: every tensor of both networks in every tier, or a stated reason.

A cell is verified when a row of a whole network passed there (:class:`verify.report.sums.Cell`);
a cell without one fails the run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from lenet_ref.architecture import Architecture, Loss, lenet_1998
from lenet_ref.specs.layer import function_of
from verify.cases.networks import make_arch
from verify.cases.plan import NONE, Networks
from verify.checks.check import Check
from verify.expected.families import LOSSES
from verify.expected.step import Step
from verify.expected.steps import steps
from verify.judge.trust import rounds

__all__ = ["PROBE", "SMOOTH", "TIERS", "Cell", "Exemption", "Key", "cells", "check",
           "exemption", "networks"]  # fmt: skip
TIERS = ("exact", "float64", "float32")
PROBE = "probe"
"""The options of a network that is one layer alone."""
SMOOTH = ("squash", "tanh", "logistic", "scaled_tanh")
"""Activations that are left out in the exact tier."""

Key = tuple[str, str, str]
"""Variant, tensor, tier."""


class Exemption(Enum):
    """What the exact tier cannot say about a tensor: anything; anything but with the squashing
    left out."""

    TRANSCENDENTAL = auto()
    SQUASHED = auto()


@dataclass(frozen=True)
class Cell:
    """One tensor in one tier."""

    variant: str
    layer: str
    tensor: str
    tier: str
    exemption: Exemption | None = None

    @property
    def key(self) -> Key:
        """By which it is known."""
        return self.variant, self.tensor, self.tier

    @property
    def applicable(self) -> bool:
        """There is something to verify."""
        return self.exemption is not Exemption.TRANSCENDENTAL


def networks(variant: str, others: Networks = NONE) -> tuple[Architecture, ...]:
    """Architectures whose steps, together, are all tensors of a variant.  others: those that are
    no presets."""
    if variant == "1998":
        return lenet_1998(), lenet_1998(loss="map", learned_codes=True)
    return (make_arch(variant, {}, others.get(variant)),)


def cells(variants: Iterable[str], others: Networks = NONE) -> Iterator[Cell]:
    """Every tensor of each variant, once, in order of computation, in every tier."""
    for variant in variants:
        known: dict[str, Step] = {}
        for arch in networks(variant, others):
            for step in steps(arch):
                known.setdefault(step.tensor, step)
        for tensor, step in known.items():
            for tier in TIERS:
                why = exemption(step) if tier == "exact" else None
                yield Cell(variant, step.layer, tensor, tier, why)


def exemption(step: Step) -> Exemption | None:
    """What the exact tier cannot say about a tensor."""
    if isinstance(step.spec, Loss):
        functions = LOSSES[step.spec.kind].transcendental(step.spec)
        return Exemption.TRANSCENDENTAL if step.symbol in functions else None
    if not step.op.startswith("activation."):
        return None
    inexact = function_of(step.spec) in SMOOTH or rounds(step)
    return Exemption.SQUASHED if inexact else None


def check(
    variants: Iterable[str], covered: Collection[Key], others: Networks = NONE
) -> list[Check]:
    """One check per variant: no cell is uncovered.

    Args:
        covered: keys of cells that were verified.
    """
    found = []
    for variant in variants:
        mine = list(cells([variant], others))
        asked = [cell for cell in mine if cell.applicable]
        still = [f"{c.tensor} ({c.tier})" for c in asked if c.key not in covered]
        detail = f"{len(asked)} cells verified, {len(mine) - len(asked)} not applicable"
        if still:
            detail = f"not verified: {', '.join(still[:8])}" + " ..." * (len(still) > 8)
        found.append(Check("coverage", variant, "every tensor in every tier", not still, detail))
    return found
