"""Ways to make a part of the judge lenient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from verify.judge.findings import Judgement
from verify.judge.reasons import Plain
from verify.judge.verdict import Verdict
from verify.oracle.windows import windows

Make = Callable[[Any], Any]
INF = float("inf")


def always(value: Any) -> Make:
    """A function that gives the same answer whatever it is asked."""
    return lambda original: lambda *args, **kwargs: value


def becomes(value: Any) -> Make:
    """A constant with another value."""
    return lambda original: value


def compares(change: Callable[[Any, Any], tuple[Any, Any]]) -> Make:
    """A comparison of other arrays than the two it was given."""
    return lambda original: lambda s, r, b, u=2.0**-53: original(*change(s, r), b, u)


def allows(more: Callable[[Any, Any], Any]) -> Make:
    """A comparison within another bound: more(bound, reference)."""

    def make(original: Any) -> Any:
        def lenient(s: Any, r: Any, b: Any, u: float = 2.0**-53) -> Any:
            return original(s, r, more(np.zeros(np.shape(r)) if b is None else b, r), u)

        return lenient

    return make


def says(before: Verdict, after: Verdict) -> Make:
    """A judgement or finding with another word for one verdict."""

    def make(original: Any) -> Any:
        def lenient(*args: Any, **kwargs: Any) -> Any:
            found = original(*args, **kwargs)
            return replace(found, verdict=after) if found.verdict is before else found

        return lenient

    return make


def answers(change: Callable[[Any], Any]) -> Make:
    """The answer, changed."""
    return lambda original: lambda *args, **kwargs: change(original(*args, **kwargs))


def has(change: Callable[[Any, Any], Any]) -> Make:
    """A property: change(object, original value)."""
    return lambda original: property(lambda self: change(self, original.fget(self)))


def first_only(s: Any, r: Any) -> tuple[Any, Any]:
    """The first element of each; the others as they should be."""
    changed = np.array(r)
    changed.reshape(-1)[:1] = np.reshape(s, -1)[:1]
    return changed, r


def broadcast(s: Any, r: Any) -> tuple[Any, Any]:
    """As NumPy would."""
    shape = np.broadcast_shapes(np.shape(s), np.shape(r))
    return np.broadcast_to(s, shape), np.broadcast_to(r, shape)


def gaps_pass(original: Any) -> Any:
    """Missing tensors pass."""

    def lenient(step: Any, why: Any, *others: Any) -> Any:
        right = Judgement(Verdict.PASS)
        return (right, right) if why is Plain.MISSING else original(step, why, *others)

    return lenient


def own_of_free_run(original: Any) -> Any:
    """Own error against the oracle on its own inputs."""
    return lambda self, step, oracle, bound: original(
        self, step, self.free.value(step.tensor), bound
    )


def everywhere(q: Any, x: str, step: Any) -> Any:
    """Every element of every window a candidate."""
    return None if q.near(x) is None else torch.ones_like(
        windows(q.value(x), step.spec), dtype=torch.bool
    )  # fmt: skip


def infinite(original: Any) -> Any:
    """State checks that allow anything."""
    return lambda *args: {k: np.full_like(v, INF) for k, v in original(*args).items()}


def told(text: str) -> Any:
    """A closing line that begins with PASS."""
    return text.replace("FAIL", "PASS")


def without_checks(original: Any) -> Any:
    """A closing line that does not look at the checks."""
    return lambda tally, checks, cases: original(tally, [], cases)


def held(checks: Any) -> Any:
    """Every one of them holds."""
    return [replace(check, passed=True) for check in checks]
