"""A free run in which what was made from the same numbers is equal, whatever rounding makes of it.

Where every maximum of a pooling window gets the gradient, equal elements on the background of an
image get it several times; a sum that rounds otherwise at one of them takes it away.  A right
program may do either, so either must be allowed, which says next to nothing of gradients alone.
Most programs keep such ties.  Whoever is within rounding of the run that keeps them all was
verified by that; nobody is failed by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from lenet_ref.architecture import MaxPool
from lenet_ref.specs.max_pool import SHARED
from verify.cases.case import Case
from verify.judge.inherited import Inherited, Propagated
from verify.judge.measured import Measured, numbers
from verify.judge.runs import TORCH, Runs
from verify.oracle.evaluation import Evaluation
from verify.tolerance.origins import UNKNOWN, origins

__all__ = ["Tied", "equalised", "tied"]


class Tied:
    """run: the run; bounds: of its steps.

    Args:
        layers: whose ties are kept; runs: makes the run; subject: the subject's tensors; dtype:
            of the case.
    """

    def __init__(
        self, layers: Sequence[str], runs: Runs, subject: Mapping[str, Tensor], dtype: str
    ) -> None:
        self._layers, self._runs = layers, runs
        self.run = self._run(TORCH[dtype])
        self.bounds = self._bounds(subject, dtype)

    def _run(self, dtype: torch.dtype) -> Evaluation:
        base = self._runs.given(dtype)
        given = list(base)
        for layer in self._layers:
            run, x = self._runs.on(base, dtype), f"{layer}.x"
            known = Propagated(run, given, {}, str(dtype).removeprefix("torch."))
            base = base | {x: equalised(run.value(x), origins(known.query, x))}
        return self._runs.on(base, dtype)

    def _bounds(self, subject: Mapping[str, Tensor], dtype: str) -> Inherited:
        if dtype == "float64":
            return Propagated(self.run, self._runs.given(TORCH[dtype]), subject, dtype, True)
        precise = self._run(torch.float64)
        return Measured(self.run, numbers(precise), subject, dtype, True)


def tied(case: Case, runs: Runs, subject: Mapping[str, Tensor]) -> Tied | None:
    """None for a network in which no two maxima share a gradient."""
    pools = [layer for layer in case.arch.layers if isinstance(layer, MaxPool)]
    layers = [layer.name for layer in pools if layer.ties in SHARED]
    return Tied(layers, runs, subject, case.dtype) if layers else None


def equalised(x: Tensor, labels: Tensor) -> Tensor:
    """A volume in which elements of one map and one origin are the first of them."""
    found = x.clone()
    for values, kinds in zip(found.unbind(1), labels.unbind(1), strict=True):
        _, first, of = np.unique(kinds.numpy(), return_index=True, return_inverse=True)
        alike = values.reshape(-1)[first][of.reshape(-1)].reshape(values.shape)
        values.copy_(torch.where(kinds == UNKNOWN, values, alike))
    return found
