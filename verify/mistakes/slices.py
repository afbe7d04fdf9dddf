"""Each slice wrong by a factor of its own: a map counted too often, a unit that is never stored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.hypothesis import Candidate
from verify.mistakes.scale import NEAR
from verify.mistakes.situation import Situation

__all__ = ["MOST", "SEVERAL", "hypotheses", "listed", "whole"]


def hypotheses(e: Situation) -> Iterator[Candidate]:
    """A factor of its own for each slice along an axis: each map, each unit, each pattern.

    Several elements of a slice must agree on it; where a slice is one number, all factors are
    whole numbers or their reciprocals, and more than one is not 1.
    """
    for axis in range(e.oracle.ndim):
        ours, theirs = (t.movedim(axis, 0).flatten(1) if t.ndim > 1 else t[:, None]
                        for t in (e.oracle, e.subject))  # fmt: skip
        size = (ours * ours).sum(dim=1)
        found = torch.where(size > 0, (ours * theirs).sum(dim=1) / size, 1.0)
        alone = int((ours != 0).sum(dim=1).max()) < SEVERAL
        found = whole(found) if alone else found
        if len(found) < 2 or not bool(torch.isfinite(found).all()):
            continue
        changed = int((torch.where(size > 0, found, 1.0) - 1).abs().gt(NEAR).sum())
        if changed < (2 if alone else 1):
            continue
        shape = [-1 if i == axis else 1 for i in range(e.oracle.ndim)]
        text = f"{e.step.tensor} equals the reference with a factor for each entry of axis {axis}: "
        text += listed(found)
        cause, by = Cause(f"factors-axis-{axis}", text), found.reshape(shape)
        yield Candidate(cause, partial(torch.mul, e.oracle, by), 0 if alone else changed, by)


SEVERAL = 4
"""Elements of a slice that must agree on its factor."""
MOST = 64
"""The largest whole number that is taken for one."""


def whole(found: Tensor) -> Tensor:
    """Factors as whole numbers or their reciprocals; NaN where one is neither, or too large."""
    up, down = found.round(), 1 / (1 / found).round()
    near = torch.where((found - up).abs() <= (found - down).abs(), up, down)
    near = torch.where(found == 0, 0.0, near)
    return torch.where(
        (near.abs() <= MOST) & ((near == 0) | (near.abs() >= 1 / MOST)), near, torch.nan
    )


def listed(found: Tensor) -> str:
    """Factors in words, the first of many."""
    shown = ", ".join(f"{x:.6g}" for x in found[:16].tolist())
    return shown + (", ..." if len(found) > 16 else "")
