"""What a subject's arrays are held against: every tensor of the oracle's own run of a case."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch

from verify.cases.case import Case
from verify.exchange.arrays import given
from verify.exchange.axes import Axes
from verify.exchange.layout import PLAIN
from verify.exchange.plans import Array, Plan
from verify.judge.runs import Runs

__all__ = ["Right"]


class Right:
    """Of a case.

    axes: its tensors, and how each may lie; values: right numbers by our names, inputs among them.
    """

    def __init__(self, case: Case) -> None:
        self.case, self.axes = case, Axes(case.arch, case.batch, PLAIN)

    @cached_property
    def values(self) -> dict[str, Array]:
        """In float64, from a run in float64 whatever the case's own format is."""
        runs = Runs(self.case)
        free = runs.free(torch.float64)
        found = {step.tensor: free.value(step.tensor).numpy() for step in runs.steps}
        return found | {k: np.asarray(v, dtype=float) for k, v in given(self.case).items()}

    @cached_property
    def by_size(self) -> dict[int, list[str]]:
        """Tensors with so many elements."""
        found: dict[int, list[str]] = {}
        for name, value in self.values.items():
            found.setdefault(value.size, []).append(name)
        return found

    @cached_property
    def plans(self) -> dict[str, tuple[Plan, ...]]:
        """Every way in which each tensor may lie, ours first."""
        return {name: self._plans(name) for name in self.values}

    def _plans(self, name: str) -> tuple[Plan, ...]:
        if name not in self.axes.forms:
            return (Plan.none(self.values[name].shape),)
        return tuple(plan for _, plan in self.axes.candidates(name))
