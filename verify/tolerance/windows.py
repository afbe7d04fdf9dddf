"""Rounding bounds of pooling windows: none."""

from __future__ import annotations

from verify.expected.step import Step
from verify.oracle.windows import windows
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import moved, spec_of


def copied(q: Query, step: Step) -> Bound:
    """Pooling windows are copies."""
    return moved(q, step, lambda t: windows(t, spec_of(step)))
