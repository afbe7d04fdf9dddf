"""The project's own subject: the hand-derived NumPy network."""

from __future__ import annotations

from lenet_ref import network
from verify.cases.case import Case
from verify.judge.trace import Trace

__all__ = ["reference"]


def reference(case: Case) -> Trace:
    """Run lenet_ref on a case."""
    return network.run(case.arch, case.parameters, case.images, case.labels, case.upstream)
