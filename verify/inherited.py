"""How far a tensor may drift in a free run: the uncertainty each step inherits.

float64: every step's bound from its inputs' bounds, back to what both sides were given.
float32, where that is many times too loose after seven layers, and wherever it says nothing: a
step's inputs are as uncertain as a multiple of PyTorch's own distance from a more precise run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import UNIT_ROUNDOFF
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

MULTIPLE = 8
"""A subject may stand this many times as far from the truth as PyTorch does."""

ErrorOf = Callable[[str], Tensor | None]
GIVEN = ("images", "upstream")


class Propagated:
    """Each step's bound from its inputs' bounds, back to what both sides share.

    Args:
        evaluation: supplies values; the names in its base are shared, bit for bit.
        subject: the subject's tensors, to see which units flipped.
        dtype: of the case.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        shared: Collection[str],
        subject: Mapping[str, Tensor],
        dtype: str,
    ) -> None:
        self._evaluation, self._shared, self._dtype = evaluation, shared, dtype
        self._known: dict[str, Tensor | None] = {}
        self._query = Query(evaluation, self, subject)

    def __call__(self, name: str) -> Tensor | None:
        """Bound of the difference in a tensor, None where there can be none."""
        if name in self._shared or name not in self._evaluation.steps:
            return None
        if name not in self._known:
            step = self._evaluation.steps[name]
            bound = RULES[step.op](self._query, step)
            self._known[name] = None if bound.is_zero else bound.value(self._dtype)
        return self._known[name]


class Measured:
    """MULTIPLE times PyTorch's own distance from a more precise run, per tensor.

    Args:
        free: PyTorch's run.
        true: a tensor of the more precise run by name.
        dtype: of the case.
    """

    def __init__(self, free: Evaluation, true: Callable[[str], NDArray[Any]], dtype: str) -> None:
        self._free, self._true, self._dtype = free, true, dtype
        self._known: dict[str, Tensor | None] = {}

    def __call__(self, name: str) -> Tensor | None:
        """As :class:`Propagated`."""
        if name not in self._free.steps:
            return None
        if name not in self._known:
            self._known[name] = None if self._given(name) else self._measure(name)
        return self._known[name]

    def _given(self, name: str) -> bool:
        """Both sides were handed this tensor."""
        source = self._free.steps[name].inputs[0]
        return source in GIVEN or source.startswith("given.")

    def _measure(self, name: str) -> Tensor:
        near, true = self._free.value(name), self._true(name)
        distance = MULTIPLE * float(np.abs(near.numpy() - true).max())
        floor = UNIT_ROUNDOFF[self._dtype] * float(np.abs(true).max())
        return torch.full(near.shape, max(distance, floor), dtype=torch.float64)
