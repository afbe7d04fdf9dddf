"""Distances from the exact result against a bound, in exact arithmetic."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from tests.verify.tolerance.draws import KINDS
from tests.verify.tolerance.exact import BITS, Exact, Inputs, evaluate, numbers
from tests.verify.tolerance.settings import NETWORKS, Setting, setting
from verify.expected.step import Step

DTYPES = ("float32", "float64")
UNDERFLOWS = {(name, "subnormal", "float64") for name in NETWORKS} - {
    ("max", "subnormal", "float64")
}
"""Settings in which a magnitude underflows in float64: see test_counterexamples.py."""
UNDERFLOWS |= {("logistic", "cancelling", dtype) for dtype in DTYPES}
HOSTILE = [
    (name, kind, dtype)
    for name in NETWORKS
    for kind in KINDS
    for dtype in DTYPES
    if (name, kind, dtype) not in UNDERFLOWS
]


def exact_inputs(s: Setting, step: Step) -> Inputs:
    """What both sides were fed, as exact numbers."""
    arrays = tuple(numbers(s.given(name)) for name in step.inputs if name != "labels")
    labels = s.evaluation.labels.numpy() if s.arch.loss else np.zeros(0)
    return Inputs(step, arrays, s.evaluation.shapes[step.tensor], labels, s.evaluation.reg)


def excess(result: NDArray[Any], true: Exact, bound: NDArray[Any]) -> list[str]:
    """Elements farther from the exact result than the bound, described."""
    found = []
    with mpmath.workprec(BITS):
        for index in np.ndindex(true.shape):
            off = abs(mpmath.mpf(float(result[index])) - true[index])
            if not off <= mpmath.mpf(float(bound[index])):
                found.append(f"{index}: {mpmath.nstr(off, 5)} > {bound[index]:.5g}")
    return found


def violations(name: str, kind: str, dtype: str) -> list[str]:
    """Every result of either side that leaves its bound, of all steps of a network."""
    s, found = setting(name, kind, dtype), []
    for step in s.evaluation.steps.values():
        true = evaluate(exact_inputs(s, step))
        bound = s.bound(step).value(dtype, sides=1).numpy()
        if bound.shape != true.shape or not np.isfinite(bound).all():
            found.append(f"{step.tensor}: unusable bound {bound}")
            continue
        for side, result in s.sides(step).items():
            found += [f"{step.tensor} of {side} {text}" for text in excess(result, true, bound)]
    return found
