"""The state checks: a subject that remembers, or changes what it was given, is noticed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.checks.lifecycle import allowed, lifecycle, permuted, singles
from verify.proof.gate.nets import Arrays, layer

ASKED = 6
WRONG = 1e-9
"""Relative: far beyond rounding, far below what a person would see."""


def right(case: Case) -> Arrays:
    """One layer, in NumPy; what the checks look at and no more."""
    x = case.images.reshape(case.batch, -1)
    z = x @ case.parameters["F6.W"].T + case.parameters["F6.b"]
    upstream: NDArray[np.float64] = np.asarray(case.upstream, dtype=float)
    return {"F6.y": np.maximum(z, 0.0), "F6.dx": (upstream * (z > 0)) @ case.parameters["F6.W"]}


class Remembering:
    """Different in every call, by a little; the images it was given drift as well, and so do the
    arrays it handed out."""

    def __init__(self) -> None:
        self.calls = 0
        self.kept: list[Arrays] = []

    def __call__(self, case: Case) -> Arrays:
        """A run."""
        self.calls += 1
        for earlier in self.kept:
            earlier["F6.y"] += 1.0
        found = {name: value * (1 + WRONG * self.calls) for name, value in right(case).items()}
        case.images.reshape(-1)[0] += 1.0
        self.kept.append(found)
        return found


def remembers() -> list[str]:
    """All that is asked fails of the one, nothing of the other."""
    blamed = [c.subject for c in lifecycle(right, layer()) if not c.passed]
    passed = [c.subject for c in lifecycle(Remembering(), layer()) if c.passed]
    wrong = [f"a right subject fails: {name}" for name in blamed]
    return wrong + [f"kept state passes: {name}" for name in passed]


def bounds() -> list[str]:
    """What a batch of another order or size may differ by is rounding."""
    case = layer()
    trace = right(case)
    other = {name: value[::-1] * (1 + WRONG) for name, value in trace.items()}

    def off(alone: Case) -> Arrays:
        return {name: value * (1 + WRONG) for name, value in right(alone).items()}

    limits = allowed(case, trace)
    wrong = (
        [] if permuted(case, trace, other, limits) else ["a batch in another order may be wrong"]
    )
    return wrong + ([] if singles(off, case, trace, limits) else ["a batch of one may be wrong"])
