"""Mistaken activations and derivatives of those that have parameters: leaky and scaled_tanh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor

from lenet_ref.specs.activation import parts
from verify.mistakes.activations import slope as measured
from verify.mistakes.guards import NOTHING, finite
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import activation

Curve: TypeAlias = Callable[[Tensor, float, float], Tensor]
Slope: TypeAlias = Callable[[Situation, float, float], Tensor]
APART = 1e-3
"""Part of a slope by which another one differs at least: it is shown with four digits."""


def own(e: Situation, name: str) -> tuple[float, ...]:
    """The parameters of the layer's activation; none where it is another."""
    kind, found = parts(e.spec.activation)
    return found if kind == name else ()


def sides(e: Situation, above: float, under: Callable[[float], float]) -> Tensor:
    """What is given, times one factor where z > 0 and another elsewhere, made of the slope."""
    if not (known := own(e, "leaky")):
        return NOTHING
    given = e["z"] if e.step.symbol == "y" else e["dy"]
    return torch.where(e["z"] > 0, above * given, under(known[0]) * given)


def other_side(e: Situation) -> Tensor:
    """The slope where z > 0, nothing done elsewhere."""
    if not (known := own(e, "leaky")):
        return NOTHING
    given = e["z"] if e.step.symbol == "y" else e["dy"]
    return torch.where(e["z"] > 0, known[0] * given, given)


def another_slope(e: Situation, part: float) -> Tensor:
    """The rectifier with another slope; nothing where that is the declared one."""
    known = own(e, "leaky")
    if not known or part in (0.0, 1.0) or abs(part - known[0]) <= APART * known[0]:
        return NOTHING
    return sides(e, 1.0, lambda _: part)


def at_zero(e: Situation) -> Tensor:
    """The derivative at exact zeros taken to be 1."""
    if not own(e, "leaky") or not bool((e["z"] == 0).any()):
        return NOTHING
    return torch.where(e["z"] == 0, e["dy"], e.oracle)


def masked_by(e: Situation, of: Callable[[Situation], Tensor]) -> Tensor:
    """dy through the mask of another tensor."""
    if not (known := own(e, "leaky")):
        return NOTHING
    return torch.where(of(e) > 0, e["dy"], known[0] * e["dy"])


def reciprocal(part: float) -> float:
    """1 / slope."""
    return 1 / part


LEAKY = "right: z, slope z below 0"
LEAKY_Y = (
    Mistake("applied-twice:leaky", f"lets the slope's square of negative z through: applied twice; "
            f"{LEAKY}", "experience", lambda e: sides(e, 1.0, lambda part: part**2)),
    Mistake("slope-divides", f"is z / slope below 0; {LEAKY}", "experience",
            lambda e: sides(e, 1.0, reciprocal)),
    Mistake("slope-sign", f"is -slope z below 0; {LEAKY}", "sign slip",
            lambda e: sides(e, 1.0, lambda part: -part)),
    Mistake("wrong-side", f"has the slope where z > 0, and z elsewhere; {LEAKY}", "sign slip",
            other_side),
    Mistake("another-slope", f"lets {{}} of negative z through; {LEAKY}", "experience",
            lambda e: another_slope(e, measured(e)), partial(another_slope, part=0.3), 1, measured),
)  # fmt: skip
MASK = "right: dz = dy where z > 0, slope dy elsewhere"
LEAKY_DZ = (
    Mistake("leaky'(0)", f"differs only where z is exactly 0: passes dy there; {MASK}",
            "experience", at_zero),
    Mistake("derivative-squared:leaky", f"is multiplied by the slope twice where z <= 0; {MASK}",
            "experience", lambda e: sides(e, 1.0, lambda part: part**2)),
    Mistake("slope-divides", f"is divided by the slope where z <= 0; {MASK}", "experience",
            lambda e: sides(e, 1.0, reciprocal)),
    Mistake("slope-sign", f"is -slope dy where z <= 0; {MASK}", "sign slip",
            lambda e: sides(e, 1.0, lambda part: -part)),
    Mistake("wrong-side", f"has the slope where z > 0, and dy elsewhere; {MASK}", "sign slip",
            other_side),
    Mistake("mask-of-dy:leaky", f"takes the mask from dy; {MASK}", "field notes C21",
            partial(masked_by, of=lambda e: e["dy"])),
    Mistake("mask-of-another-pattern:leaky", f"takes the masks of the patterns in reverse order; "
            f"{MASK}", "field notes C21", partial(masked_by, of=lambda e: e["z"].flip(0))),
    Mistake("another-slope", f"lets {{}} of dy through where z <= 0; {MASK}", "experience",
            lambda e: another_slope(e, measured(e)), partial(another_slope, part=0.3), 1, measured),
)  # fmt: skip


def curve(e: Situation, of: Curve) -> Tensor:
    """Another function of z, A and S."""
    known = own(e, "scaled_tanh")
    return finite(of(e["z"], *known)) if known else NOTHING


def product(e: Situation, of: Slope) -> Tensor:
    """dy times another derivative."""
    known = own(e, "scaled_tanh")
    return finite(of(e, *known) * e["dy"]) if known else NOTHING


def twice(e: Situation) -> Tensor:
    """The function of its own value."""
    if not own(e, "scaled_tanh"):
        return NOTHING
    return activation.apply(activation.apply(e["z"], e.spec.activation), e.spec.activation)


CURVE, PRIME = "right: y = A tanh(S z)", "right: dz = S (A - y^2 / A) dy"
SLIP, KNOWN, A9, C23, C25 = ("sign slip", "experience", "field notes A9", "field notes C23",
                             "field notes C25")  # fmt: skip
CURVES: tuple[tuple[str, str, str, Curve], ...] = (
    ("lost-S", "is A tanh(z): the slope S is missing", A9, lambda z, A, S: A * torch.tanh(z)),
    ("lost-A", "is tanh(S z): the amplitude A is missing", A9, lambda z, A, S: torch.tanh(S * z)),
    ("exchanged-constants", "exchanges A and S", "argument order",
     lambda z, A, S: S * torch.tanh(A * z)),
    ("inverted-slope", "is A tanh(z / S): S is inverted", KNOWN,
     lambda z, A, S: A * torch.tanh(z / S)),
    ("clipped", "is a straight line cut off at A", "ported hardware",
     lambda z, A, S: A * (S * z).clamp(-1, 1)),
)  # fmt: skip
SLOPES: tuple[tuple[str, str, str, Slope], ...] = (
    ("lost-S-inside", "is A S (1 - tanh^2 z): S is missing inside", C25,
     lambda e, A, S: A * S * (1 - torch.tanh(e["z"]) ** 2)),
    ("division-lost", "is S (A - y^2): the division by A is missing", C25,
     lambda e, A, S: S * (A - e["y"] ** 2)),
    ("plus-for-minus", "is S (A + y^2 / A)", SLIP, lambda e, A, S: S * (A + e["y"] ** 2 / A)),
    ("input-for-output", "is evaluated at z where y belongs", C23,
     lambda e, A, S: S * (A - e["z"] ** 2 / A)),
    ("at-the-gradient", "is evaluated at dy", C25, lambda e, A, S: S * (A - e["dy"] ** 2 / A)),
    ("derivative-squared", "is squared", "field notes D3",
     lambda e, A, S: (S * (A - e["y"] ** 2 / A)) ** 2),
)  # fmt: skip

MISTAKES = {
    "activation.y": (
        *LEAKY_Y,
        *(Mistake(f"{kind}:scaled", f"{text}; {CURVE}", source, partial(curve, of=of))
          for kind, text, source, of in CURVES),
        Mistake("applied-twice:scaled", f"is A tanh(S y): applied twice; {CURVE}", KNOWN, twice),
    ),
    "activation.dz": (
        *LEAKY_DZ,
        *(Mistake(f"{kind}:scaled", f"has a derivative that {text}; {PRIME}", source,
                  partial(product, of=of))
          for kind, text, source, of in SLOPES),
    ),
}  # fmt: skip
