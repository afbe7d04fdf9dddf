"""What a picture of a failing tensor needs: its numbers, thinned out where there are many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.cases.case import Case
from verify.judge.compare import Comparison
from verify.judge.findings import Finding

__all__ = ["MOST", "Sample", "first_alone", "illustrated", "of", "sampled", "thinned"]
MOST = 4096
"""Elements that are kept of one tensor."""


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """Elements of a tensor: the subject's, the reference's, and what was allowed between them.

    axes: of each axis the indices that were kept; whole: all of them.
    """

    got: NDArray[np.float64]
    expected: NDArray[np.float64]
    bound: NDArray[np.float64]
    axes: tuple[tuple[int, ...], ...]
    whole: bool

    @property
    def ratio(self) -> NDArray[np.float64]:
        """Error over bound; 0 where there is no error, NaN where the numbers are none."""
        with np.errstate(all="ignore"):
            error = np.abs(self.got - self.expected)
            return np.where(error == 0, 0.0, error / self.bound)


def illustrated(
    found: Comparison, got: ArrayLike, expected: ArrayLike, bound: NDArray[Any] | None
) -> Comparison:
    """A comparison that does not pass, with its numbers."""
    if found.passed or not found.elements:
        return found
    allowed = np.zeros(()) if bound is None else bound
    kept = sampled(np.asarray(got), np.asarray(expected), allowed, found.index)
    return replace(found, sample=kept)


def sampled(
    got: NDArray[Any], expected: NDArray[Any], bound: NDArray[Any], index: tuple[int, ...]
) -> Sample:
    """At most MOST elements, the same ones each time, the worst among them."""
    axes = thinned(expected.shape, index)
    grid = np.ix_(*axes) if axes else ()
    whole = all(len(kept) == size for kept, size in zip(axes, expected.shape, strict=True))
    allowed = np.broadcast_to(bound, expected.shape)
    s, r, b = (np.array(each[grid], dtype=np.float64) for each in (got, expected, allowed))
    return Sample(s, r, b, tuple(map(tuple, axes)), whole)


def thinned(shape: tuple[int, ...], index: tuple[int, ...]) -> list[list[int]]:
    """Of each axis the indices that are kept, evenly spaced: images and maps are left out before
    rows and columns of one, of a matrix those of the longer axis first."""
    counts = list(shape)
    order = (
        range(len(shape)) if len(shape) > 2 else sorted(range(len(shape)), key=lambda a: -shape[a])
    )
    for axis in order:
        others = math.prod(counts) // max(counts[axis], 1)
        counts[axis] = max(1, min(counts[axis], MOST // max(others, 1)))
    return [
        _spaced(size, count, worst) for size, count, worst in zip(shape, counts, index, strict=True)
    ]


def _spaced(size: int, count: int, worst: int) -> list[int]:
    """So many indices of an axis, evenly spaced, the nearest of them moved to the worst place."""
    kept = [i * size // count for i in range(count)]
    nearest = min(range(count), key=lambda i: abs(kept[i] - worst))
    kept[nearest] = worst
    return kept


def of(finding: Finding) -> tuple[str, Sample] | None:
    """The numbers of a failing tensor, and of which of its errors: its own, if that fails."""
    if not finding.failed:
        return None
    for kind, judged in (("own", finding.own), ("inherited", finding.inherited)):
        failing = judged.verdict.failing and judged.comparison is not None
        if failing and judged.comparison is not None and judged.comparison.sample is not None:
            return kind, judged.comparison.sample
    return None


def first_alone(
    findings: Sequence[tuple[Case, Sequence[Finding]]],
) -> Sequence[tuple[Case, Sequence[Finding]]]:
    """The numbers of the first failing finding of each tensor; those of the others go."""
    seen: set[str] = set()
    return [(case, [_kept(finding, seen) for finding in each]) for case, each in findings]


def _kept(finding: Finding, seen: set[str]) -> Finding:
    if of(finding) is not None and finding.step.tensor not in seen:
        seen.add(finding.step.tensor)
        return finding
    bare = {
        kind: replace(judged, comparison=replace(judged.comparison, sample=None))
        for kind, judged in (("own", finding.own), ("inherited", finding.inherited))
        if judged.comparison is not None and judged.comparison.sample is not None
    }
    own, inherited = (bare.get("own", finding.own), bare.get("inherited", finding.inherited))
    return replace(finding, own=own, inherited=inherited) if bare else finding
