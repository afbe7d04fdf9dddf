"""Candidates that must not be offered: they would fit without explaining anything."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from verify.mistakes.situation import Situation

__all__ = ["NOTHING", "apart", "bias", "finite", "of_bias", "unless_two", "visible"]
NOTHING = torch.empty(0)
"""Fits no tensor: its shape is no tensor's shape."""


def bias(e: Situation) -> Tensor:
    """b of the layer, zeros in one without."""
    return e["b"] if e.spec.bias else torch.zeros(len(e["W"]), dtype=torch.float64)


def of_bias(formula: Callable[[Situation], Tensor]) -> Callable[[Situation], Tensor]:
    """A formula that is mistaken in b: nothing where a layer has none."""
    return lambda e: formula(e) if e.spec.bias else NOTHING


def finite(candidate: Tensor) -> Tensor:
    """A formula that overflows or divides by zero on these numbers says nothing about them."""
    return candidate if bool(torch.isfinite(candidate).all()) else NOTHING


def visible(e: Situation, candidate: Tensor) -> Tensor:
    """A candidate that rounding could not tell from zero would explain any small result."""
    return candidate if bool((candidate.abs() > e.bound).any()) else NOTHING


def unless_two(e: Situation, candidate: Tensor) -> Tensor:
    """A factor 2 or 1/2, which two patterns make the same as N or 1/N."""
    return NOTHING if e.batch == 2 else candidate


def apart(e: Situation, candidate: Tensor) -> Tensor:
    """A factor N or 1/N: with one pattern it is no mistake, with two nobody can tell it from a
    factor 2, so that the general list of factors, which names both, must speak."""
    return candidate if e.batch > 2 else NOTHING
