"""What a tolerance rule may ask: values, magnitudes and uncertainties of a step's inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

from verify.oracle.evaluation import Evaluation, Shape
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = ["LEAST", "Query", "T"]
T = TypeVar("T")
LEAST = 2.0**-511
"""The square of it is a normal number."""


class Query:
    """Read-only view of an evaluation, in float64, with the uncertainty of each tensor.

    Args:
        evaluation: supplies the values.
        error: uncertainty of a tensor by name, None where both sides have the same bits.
        observed: the subject's tensors, to tell which ReLU masks and argmaxes flipped.
        near: uncertainty that decides which units may flip, where it is not ``error``.
        sums: only sums over positions are asked for, so that a maximum which may stand in one of
            several places with the same inputs makes no difference (docs/tolerance.md, 6.1).
    """

    def __init__(
        self,
        evaluation: Evaluation,
        error: Callable[[str], Tensor | None],
        observed: Mapping[str, Tensor],
        near: Callable[[str], Tensor | None] | None = None,
        sums: bool = False,
    ) -> None:
        self._evaluation, self._error, self.observed = evaluation, error, observed
        self._near, self.sums = near or error, sums
        self.moved: set[str] = set()
        self.steps = evaluation.steps
        self.shapes: Mapping[str, Shape] = evaluation.shapes
        self.reg = evaluation.reg
        self.decay_roundings = 3 if evaluation.reg else 0
        self._magnitudes: dict[str, Tensor] = {}
        self._shared: dict[str, Any] = {}

    @property
    def labels(self) -> Tensor:
        """(N,) classes."""
        return self._evaluation.labels

    @property
    def unit(self) -> float:
        """Unit roundoff of the format that both sides compute in."""
        return UNIT_ROUNDOFF[str(self._evaluation.dtype).removeprefix("torch.")]

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What several rules of a layer need, made by the first of them."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast(T, self._shared[key])

    def value(self, name: str) -> Tensor:
        """The oracle's value of an input, in float64."""
        return self._evaluation.value(name).to(torch.float64)

    def error(self, name: str) -> Tensor | None:
        """Largest difference between the two sides' versions of an input."""
        return self._error(name)

    def near(self, name: str) -> Tensor | None:
        """How far from a kink an element may be and yet lie on the other side of it."""
        return self._near(name)

    def magnitude(self, name: str) -> Tensor:
        """|value| + error: no side's modulus is larger.  Below 2^-511 it is taken for 2^-511,
        so that no product of two underflows to an M of zero unless a factor is zero."""
        if name not in self._magnitudes:
            error = self._error(name)
            modulus = self.value(name).abs()
            small = modulus < LEAST
            if bool(small.any()):
                modulus.masked_fill_(small & (modulus > 0), LEAST)
            self._magnitudes[name] = modulus if error is None else modulus + error
        return self._magnitudes[name]
