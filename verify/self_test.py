"""The gate is proved before it is trusted: planted differences must be caught.

A run whose judge misses one of them ends as an internal error (exit status 3), whatever else
it found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases import Case
from verify.checks import Check
from verify.errors import HarnessError
from verify.judge import Judge, judge
from verify.probes import make_probe
from verify.subjects import Trace

Arrays = dict[str, NDArray[Any]]
SMALLEST = 2.9e-6
"""A rounded constant in the squash, the smallest real mistake known to the project."""


def scaled(trace: Trace) -> Arrays:
    """C1.dW off by a uniform relative error."""
    return {**trace, "C1.dW": trace["C1.dW"] * (1 + SMALLEST)}


def not_a_number(trace: Trace) -> Arrays:
    """One NaN in C1.db."""
    spoiled = trace["C1.db"].copy()
    spoiled[-1] = np.nan
    return {**trace, "C1.db": spoiled}


def absent(trace: Trace) -> Arrays:
    """C1.dx missing."""
    return {name: value for name, value in trace.items() if name != "C1.dx"}


def one_element(trace: Trace) -> Arrays:
    """A single element of C1.z off by 1e-11 of its size, and its consequences."""
    moved = trace["C1.z"].copy()
    moved.flat[np.abs(moved).argmax()] *= 1 + 1e-11
    return {**trace, "C1.z": moved}


PLANTED: dict[str, tuple[Callable[[Trace], Arrays], str]] = {
    "scaled gradient": (scaled, "C1.dW"),
    "NaN": (not_a_number, "C1.db"),
    "missing tensor": (absent, "C1.dx"),
    "one element": (one_element, "C1.z"),
}


def prove_gate() -> list[Check]:
    """Plant each difference in a small trace, the oracle's own so that a wrong subject cannot
    confuse the proof, and require that its row is blamed and that nothing was before.

    Raises:
        HarnessError: a planted difference was not caught.
    """
    case = make_probe("probe-convolution", "float64", 2, 0)
    trace = oracle_trace(case)
    if blamed := [f.step.tensor for f in judge(case, trace, False) if f.failed]:
        raise HarnessError("the oracle does not pass its own judgement", got=", ".join(blamed))
    return [_plant(case, trace, name) for name in PLANTED]


def oracle_trace(case: Case) -> Arrays:
    """The oracle's result for every tensor, as a trace."""
    free = Judge(case, {}, with_truth=False).free
    return {step.tensor: free.value(step.tensor).numpy() for step in free.steps.values()}


def _plant(case: Case, trace: Trace, name: str) -> Check:
    change, tensor = PLANTED[name]
    guilty = [f.step.tensor for f in judge(case, change(trace), False) if f.guilty]
    if tensor not in guilty:
        raise HarnessError(
            "a planted difference was not caught: the judge cannot be trusted",
            where=f"{tensor} ({name})",
            got=f"blamed {', '.join(guilty) or 'nothing'}",
            expected=tensor,
        )
    return Check("self-test", case.arch.variant, name, True, f"caught in {tensor}")
