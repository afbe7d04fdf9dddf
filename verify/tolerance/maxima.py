"""Where the maximum of a pooling window stands, and where else it might rightly stand."""

from __future__ import annotations

from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.oracle import max_pool
from verify.oracle.windows import windows
from verify.tolerance.query import Query

__all__ = ["candidates", "position", "winner"]


def winner(q: Query, x: str, step: Step) -> Tensor:
    """(rows, 1): the oracle's position of the maximum."""
    return q.once(f"{x} winner", lambda: position(q.value(x), step))


def position(x: Tensor, step: Step) -> Tensor:
    """(rows, 1): of the first maximum in each window, as PyTorch has it."""
    return max_pool.position(x, spec_of(step)).reshape(-1, 1)


def candidates(q: Query, x: str, step: Step) -> Tensor | None:
    """(rows, window): elements that either side may rightly take for the maximum, in windows
    with more than one such element.  Candidates without uncertainty are the same bits on both
    sides: they tie, and the first wins on both."""
    return q.once(f"{x} candidates", lambda: _candidates(q, x, step))


def _candidates(q: Query, x: str, step: Step) -> Tensor | None:
    error = q.near(x)
    if error is None:
        return None
    spec = spec_of(step)
    a, e = windows(q.value(x), spec), windows(error, spec)
    found = a + e >= (a - e).amax(dim=1, keepdim=True)
    several = found.sum(dim=1, keepdim=True) > 1
    doubtful = (found & (e > 0)).any(dim=1, keepdim=True)
    return found & several & doubtful
