"""A free run of the truth: every formula in extended precision, from what both sides are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from verify.cases.case import Case
from verify.expected.step import Step
from verify.truth.evaluate import truth
from verify.truth.inputs import Array

__all__ = ["TruthRun"]


class TruthRun:
    """Lazy evaluation of all steps in extended precision.

    Args:
        case: supplies images, parameters and the upstream gradient.
        steps: the network's steps.
        shapes: of every tensor.
    """

    def __init__(
        self, case: Case, steps: Sequence[Step], shapes: Mapping[str, tuple[int, ...]]
    ) -> None:
        self._case, self._shapes = case, shapes
        self._steps = {step.tensor: step for step in steps}
        self._known: dict[str, Array] = {"images": case.images.astype(np.longdouble)}
        for name, value in case.parameters.items():
            self._known[f"given.{name}"] = value.astype(np.longdouble)
        if case.upstream is not None:
            self._known["upstream"] = case.upstream.astype(np.longdouble)

    def value(self, name: str) -> Array:
        """A tensor by name."""
        if name not in self._known:
            step = self._steps[name]
            inputs = {n: self.value(n) for n in step.inputs if n != "labels"}
            self._known[name] = truth(self._case, step, inputs, self._shapes[name])
        return self._known[name]
