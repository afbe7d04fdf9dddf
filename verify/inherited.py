"""How far a tensor may drift in a free run: the uncertainty each step inherits.

float64: every step's bound from its inputs' bounds, back to what both sides were given.
float32, where that is many times too loose after seven layers, and wherever it says nothing: a
tensor is as uncertain as a multiple of PyTorch's own distance from a more precise run, and as
its own rule says of rounding.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.oracle.evaluation import Evaluation
from verify.steps import Step
from verify.tolerance.bound import UNIT_ROUNDOFF, Bound
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

MULTIPLE = 8
"""A subject may stand this many times as far from the truth as PyTorch does."""

GIVEN = ("images", "upstream")


class Inherited:
    """Bounds of a free run's steps, each evaluated once.

    Args:
        evaluation: supplies values.
        subject: the subject's tensors, to see which units flipped.
        dtype: of the case.
    """

    def __init__(self, evaluation: Evaluation, subject: Mapping[str, Tensor], dtype: str) -> None:
        self._evaluation, self._dtype = evaluation, dtype
        # Weak, for a cycle would keep every tensor of a run until the collector comes by.
        self._query = Query(evaluation, weakref.proxy(self), subject)
        self._bounds: dict[str, Bound] = {}
        self._errors: dict[str, Tensor | None] = {}

    def bound(self, step: Step) -> Bound:
        """What rounding and the inputs' uncertainty allow in a step's tensor."""
        if step.tensor not in self._bounds:
            self._bounds[step.tensor] = RULES[step.op](self._query, step)
        return self._bounds[step.tensor]

    def __call__(self, name: str) -> Tensor | None:
        """Bound of the difference in a tensor, None where there can be none."""
        if name not in self._evaluation.steps or self._shared(name):
            return None
        if name not in self._errors:
            self._errors[name] = self._error(self._evaluation.steps[name])
        return self._errors[name]

    def _shared(self, name: str) -> bool:
        """Both sides hold the same bits."""
        raise NotImplementedError

    def _error(self, step: Step) -> Tensor | None:
        """Uncertainty of a tensor that both sides compute."""
        raise NotImplementedError


class Propagated(Inherited):
    """Each step's bound from its inputs' bounds, back to what both sides share.

    Args:
        shared: names that both sides were given, bit for bit.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        shared: Collection[str],
        subject: Mapping[str, Tensor],
        dtype: str,
    ) -> None:
        super().__init__(evaluation, subject, dtype)
        self._given = shared

    def _shared(self, name: str) -> bool:
        return name in self._given

    def _error(self, step: Step) -> Tensor | None:
        bound = self.bound(step)
        return None if bound.is_zero else bound.value(self._dtype)


class Measured(Inherited):
    """MULTIPLE times PyTorch's own distance from a more precise run, uniform over the tensor, and
    the rounding of the step itself: where PyTorch happens to be exact, as in 1 - tanh^2 of a
    saturated unit, nobody else need be.  A gradient that is only handed on is no less uncertain
    than where it was made.

    Args:
        true: a tensor of the more precise run by name.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        true: Callable[[str], NDArray[Any]],
        subject: Mapping[str, Tensor],
        dtype: str,
    ) -> None:
        super().__init__(evaluation, subject, dtype)
        self._true = true

    def _shared(self, name: str) -> bool:
        source = self._evaluation.steps[name].inputs[0]
        return source in GIVEN or source.startswith("given.")

    def _error(self, step: Step) -> Tensor:
        near = self._evaluation.value(step.tensor).numpy()
        true = self._true(step.tensor)
        distance = MULTIPLE * float(np.abs(near - true).max())
        floor = UNIT_ROUNDOFF[self._dtype] * float(np.abs(true).max())
        uniform = torch.full(near.shape, max(distance, floor), dtype=torch.float64)
        bound = self.bound(step)
        if handed_on(step) and bound.propagated is not None:
            return torch.maximum(uniform, bound.propagated)
        return uniform + bound.rounding(self._dtype)


def handed_on(step: Step) -> bool:
    """A gradient that is another one's copy: dy, or dz of a layer without an activation."""
    identity = getattr(step.spec, "activation", "") == "identity"
    return step.symbol == "dy" or (step.symbol == "dz" and (identity or step.op == "link"))
