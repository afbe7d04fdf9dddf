"""The right numbers in the wrong places: flips, transposes, shifts and permutations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.hypothesis import Candidate
from verify.mistakes.situation import Situation

__all__ = ["MOST", "ORDERS", "SHIFTS", "hypotheses", "in_memory", "matching", "permuted", "rows",
           "shifted"]  # fmt: skip


def hypotheses(e: Situation) -> Iterator[Candidate]:
    """Symmetries of the oracle's result, then a search for permuted maps."""
    r, name = e.oracle, e.step.tensor
    if r.ndim == 4:
        yield Candidate(_cause("rotated", name, "rotated by 180 degrees"), lambda: r.flip(2, 3))
        yield Candidate(_cause("flipped-rows", name, "flipped top to bottom"), lambda: r.flip(2))
        yield Candidate(_cause("flipped-columns", name, "flipped left to right"), lambda: r.flip(3))
        yield Candidate(
            _cause("transposed-space", name, "with height and width swapped"), lambda: r.mT
        )
        yield Candidate(
            _cause("swapped-maps", name, "with axes 0 and 1 swapped"), lambda: r.transpose(0, 1)
        )
        for axis, shift, text in SHIFTS:
            cause = _cause("shifted", name, f"shifted by one {text}")
            yield Candidate(cause, partial(shifted, r, axis, shift))
    yield from in_memory(e)
    if r.ndim == 2:
        yield Candidate(_cause("transposed", name, "transposed"), lambda: r.mT)
        yield Candidate(
            _cause("transposed", name, "transposed in memory"), lambda: r.mT.reshape(r.shape)
        )
    for axis in range(r.ndim):
        yield from permuted(e, axis)


def in_memory(e: Situation) -> Iterator[Candidate]:
    """The memory of another order of the axes, read as it is."""
    r, name = e.oracle, e.step.tensor
    for order, text in ORDERS.get(r.ndim, ()):
        there = r.permute(order).reshape(r.shape)
        back = [order.index(axis) for axis in range(r.ndim)]
        here = r.reshape([r.shape[axis] for axis in order]).permute(back)
        for made in (there, here):
            if not torch.equal(made, r):
                kind = "reversed-axes" if order[0] == r.ndim - 1 else "axes-order"
                yield Candidate(_cause(kind, name, f"read as memory of {text}"), made.clone)


ORDERS = {
    4: (((3, 2, 1, 0), "reversed axes (column-major)"),
        ((0, 2, 3, 1), "axes (0, 2, 3, 1): maps last"),
        ((1, 0, 2, 3), "axes (1, 0, 2, 3): IOHW"), ((2, 3, 1, 0), "axes (2, 3, 1, 0): HWIO")),
    3: (((2, 1, 0), "reversed axes (column-major)"),),
}  # fmt: skip
SHIFTS = ((2, 1, "row down"), (2, -1, "row up"), (3, 1, "column right"), (3, -1, "column left"))


def _cause(kind: str, tensor: str, text: str) -> Cause:
    return Cause(kind, f"{tensor} equals the reference {text}")


def shifted(t: Tensor, axis: int, by: int) -> Tensor:
    """Moved along an axis, zeros following."""
    moved = torch.roll(t, by, dims=axis)
    edge = 0 if by > 0 else t.shape[axis] - 1
    return moved.index_fill(axis, torch.tensor([edge]), 0.0)


MOST = 1024
"""Slices that are searched for their places: the units of a layer."""


def permuted(e: Situation, axis: int) -> Iterator[Candidate]:
    """The subject's slices along an axis are the oracle's in another order."""
    size = e.oracle.shape[axis]
    if not 1 < size <= MOST:
        return
    order = matching(rows(e.subject, axis), rows(e.oracle, axis))
    if order is None or order == list(range(size)):
        return
    moved = [i for i, j in enumerate(order) if i != j]
    listed = ", ".join(map(str, moved[:8])) + (" ..." if len(moved) > 8 else "")
    text = f"{e.step.tensor} equals the reference with entries {listed} of axis {axis} permuted"
    cause = Cause(f"permuted-axis-{axis}", text)
    yield Candidate(cause, lambda: e.oracle.index_select(axis, torch.tensor(order)))


def rows(t: Tensor, axis: int) -> Tensor:
    """Slices along an axis as rows of a matrix."""
    return t.movedim(axis, 0).reshape(t.shape[axis], -1)


def matching(subject: Tensor, oracle: Tensor) -> list[int] | None:
    """For each row of the subject the nearest row of the oracle not yet taken; among equals the
    one in its own place, so that rows which are alike (units that are dead) do not count as
    moved."""
    if not bool(torch.isfinite(subject).all()):
        return None
    distance = torch.cdist(subject, oracle)
    order: list[int] = []
    for i, row in enumerate(distance):
        if order:
            row[order] = torch.inf
        own = bool(row[i] <= row.min())
        order.append(i if own else int(row.argmin()))
    return order
