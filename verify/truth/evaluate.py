"""Truth for one step: the formula in float64 (for float32) or extended precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from verify.cases.case import Case
from verify.expected.step import Step
from verify.truth.formulas import FORMULAS
from verify.truth.inputs import Array, Inputs

__all__ = ["LARGEST_BATCH", "precision", "truth"]
LARGEST_BATCH = 8
"""Extended precision has no BLAS: above this batch float64 rows carry no truth."""


def precision(case: Case) -> type[np.floating[Any]] | None:
    """The dtype truth is computed in, or None where this machine (or patience) has none."""
    if case.dtype == "float32":
        return np.float64
    wider = np.finfo(np.longdouble).eps < np.finfo(np.float64).eps / 512
    return np.longdouble if wider and case.batch <= LARGEST_BATCH else None


def truth(case: Case, step: Step, known: Mapping[str, Array], shape: tuple[int, ...]) -> Array:
    """The step's formula on known inputs.

    Args:
        known: the step's inputs by name, already in the precision wanted.
        shape: of the result.
    """
    reg = 0.0 if case.arch.loss is None else case.arch.loss.reg
    arrays = [known[name] for name in step.inputs if name != "labels"]
    return FORMULAS[step.op](Inputs(step, arrays, shape, case.labels, reg))
