"""Two things side by side: interleaved, warmed up, the median of many pairs."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Action = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """Medians in seconds; ratio: the median of the pairs' ratios; low, high: its quartiles."""

    ours: float
    theirs: float
    ratio: float
    low: float
    high: float
    pairs: int


def seconds(action: Action) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def compared(ours: Action, theirs: Action, budget: float, least: int = 5) -> Ratio:
    """Run both in turn, so that a slow moment of the machine slows both, for about ``budget``
    seconds and at least so many pairs; the first three are not counted."""
    for _ in range(3):
        ours(), theirs()
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + budget
    gc.collect()
    gc.disable()
    try:
        while len(pairs) < least or time.perf_counter() < end:
            pairs.append((seconds(ours), seconds(theirs)))
    finally:
        gc.enable()
    return summary(pairs)


def summary(pairs: list[tuple[float, float]]) -> Ratio:
    """Medians and quartiles of pairs of times."""
    ratios = sorted(a / b for a, b in pairs)
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    mine = statistics.median(a for a, _ in pairs)
    other = statistics.median(b for _, b in pairs)
    return Ratio(mine, other, middle, low, high, len(pairs))
