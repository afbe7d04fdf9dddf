"""Mistakes about the smoothed targets of cross-entropy, in the loss and in its gradient."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING
from verify.mistakes.labels import hard
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.softmax import minus

Mixture = Callable[[Tensor, float, int], Tensor]
"""Y, s and K to targets."""


def loss(mixture: Mixture) -> Callable[[Situation], Tensor]:
    """The loss of other targets."""

    def formula(e: Situation) -> Tensor:
        if not e.spec.smoothing:
            return NOTHING
        return -(mixed(e, mixture) * torch.log_softmax(e["x"], dim=1)).sum() / e.batch

    return formula


def gradient(mixture: Mixture) -> Callable[[Situation], Tensor]:
    """(probs - T) / N of other targets."""
    return lambda e: minus(e, mixed(e, mixture)) if e.spec.smoothing else NOTHING


def mixed(e: Situation, mixture: Mixture) -> Tensor:
    """The targets that a mixture makes."""
    return mixture(hard(e, e.labels), e.spec.smoothing, e["x"].shape[1])


T = "right: T = (1 - s) Y + s / K"
MIXTURES: tuple[tuple[str, str, str, Mixture], ...] = (
    ("smoothing-forgotten", "has Y for the smoothed targets", "experience", lambda Y, s, k: Y),
    ("smoothing-of-others", "spreads s over the K - 1 other classes", "experience",
     lambda Y, s, k: (1 - s) * Y + s / (k - 1) * (1 - Y)),
    ("smoothing-not-at-label", "adds s / K to the other classes only", "experience",
     lambda Y, s, k: (1 - s) * Y + s / k * (1 - Y)),
    ("smoothing-added", "adds s / K and leaves 1 at the label", "experience",
     lambda Y, s, k: Y + s / k),
    ("smoothing-not-shared", "adds s to every class, without 1 / K", "experience",
     lambda Y, s, k: (1 - s) * Y + s),
    ("smoothing-exchanged", "has s where 1 - s belongs", "experience",
     lambda Y, s, k: s * Y + (1 - s) / k),
)  # fmt: skip
MISTAKES = {
    operation: tuple(
        Mistake(name, f"{what}; {T}", source, formula(mixture))
        for name, what, source, mixture in MIXTURES
    )
    for operation, formula in (("cross_entropy.data", loss), ("cross_entropy.dx", gradient))
}
