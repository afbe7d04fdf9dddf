"""Where the maximum of a pooling window stands, and where else it might rightly stand."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lenet_ref.specs.max_pool import SHARED
from verify.expected.step import Step, spec_of
from verify.oracle import max_pool
from verify.oracle.windows import windows
from verify.tolerance.query import Query

__all__ = ["candidates", "elsewhere", "position", "shares", "winner"]


def winner(q: Query, x: str, step: Step) -> Tensor:
    """(rows, 1): the oracle's position of the maximum."""
    return q.once(f"{x} winner", lambda: position(q.value(x), step))


def shares(q: Query, x: str, step: Step) -> Tensor:
    """(rows, window): the part of dz that each element gets on the oracle's side; one-hot where one
    position wins."""
    spec = spec_of(step)
    if spec.ties in SHARED:
        return max_pool.shares(q.value(x), spec)
    return (winner(q, x, step) == torch.arange(math.prod(spec.window))).to(torch.float64)


def elsewhere(q: Query, x: str, step: Step, seen: Tensor) -> Tensor:
    """(rows, 1): windows whose gradient goes elsewhere by the subject's own numbers."""
    spec = spec_of(step)
    if spec.ties in SHARED:
        return (max_pool.shares(seen, spec) != shares(q, x, step)).any(dim=1, keepdim=True)
    return position(seen, step) != winner(q, x, step)


def position(x: Tensor, step: Step) -> Tensor:
    """(rows, 1): of the maximum in each window, as the oracle has it."""
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
