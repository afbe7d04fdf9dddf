"""Rounding bounds of pooling windows: none; and sums over the windows of an element."""

from __future__ import annotations

from torch import Tensor

from lenet_ref.specs.pool import Pool
from verify.expected.step import Step, spec_of
from verify.oracle.windows import back, windows
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import moved


def copied(q: Query, step: Step) -> Bound:
    """Pooling windows are copies."""
    return moved(q, step, lambda t: windows(t, spec_of(step)))


def repeated(t: Tensor, size: int) -> Tensor:
    """(rows, size): a number of each window for all of its elements."""
    return t.reshape(-1, 1).expand(-1, size)


def spread(t: Tensor, spec: Pool, shape: tuple[int, ...]) -> Tensor:
    """A number of each window added to all elements that stand in it, a volume of that shape."""
    kh, kw = spec.window
    if spec.tiled:
        return t.repeat_interleave(kh, 2).repeat_interleave(kw, 3)
    return back(repeated(t, kh * kw), spec, shape)
