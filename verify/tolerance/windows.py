"""Rounding bounds of pooling windows: none."""

from __future__ import annotations

from verify.expected.step import Step, spec_of
from verify.oracle.windows import windows
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import moved


def copied(q: Query, step: Step) -> Bound:
    """Pooling windows are copies."""
    return moved(q, step, lambda t: windows(t, spec_of(step)))
