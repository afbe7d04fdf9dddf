"""Two pictures of a failing tensor, as numbers for an SVG: got against expected, and how the errors
lie about the bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.judge.samples import Sample

__all__ = ["BINS", "FOOT", "HEIGHT", "HIGHEST", "LEFT", "LOWEST", "MOST", "POINTS", "TOP", "WIDTH",
           "Bar", "Floats", "Histogram", "Scatter", "histogram", "scatter", "short"]  # fmt: skip
Floats = NDArray[np.float64]
WIDTH, HEIGHT, LEFT, FOOT, TOP = 320, 240, 14, 30, 12
POINTS = 300
"""Points of a scatter, at most."""
MOST = float(np.finfo(np.float64).max)
"""No end of a scale lies beyond it."""
BINS = 24
LOWEST, HIGHEST = -6.0, 18.0
"""Decades of error over bound that are told apart."""


def short(value: float) -> str:
    """A number for people."""
    return f"{value:.3g}"


@dataclass(frozen=True)
class Scatter:
    """points: (x, y, beyond its bound); right, fitted: lines as (x1, y1, x2, y2)."""

    points: tuple[tuple[float, float, bool], ...]
    right: tuple[float, float, float, float]
    fitted: tuple[float, float, float, float] | None
    low: str
    high: str
    lost: int


def scatter(sample: Sample, factor: float) -> Scatter | None:
    """Some elements, evenly taken; None where no number is finite.  factor: of the reference,
    nearest to the subject."""
    got, expected, ratio = (
        each.reshape(-1) for each in (sample.got, sample.expected, sample.ratio)
    )
    finite = np.isfinite(got) & np.isfinite(expected)
    if not finite.any():
        return None
    places = np.flatnonzero(finite)
    step = -(-len(places) // POINTS)
    worst = places[np.nan_to_num(ratio[places], nan=np.inf).argmax()]
    chosen = sorted({*places[::step].tolist(), int(worst)})
    low, high = _span(np.concatenate([got[chosen], expected[chosen]]))
    at = _Scale(low, high)
    points = tuple((at.x(expected[i]), at.y(got[i]), not ratio[i] <= 1) for i in chosen)
    fitted = at.line(factor) if math.isfinite(factor) else None
    lost = len(got) - len(places)
    return Scatter(points, (at.x(low), at.y(low), at.x(high), at.y(high)), fitted,
                   short(low), short(high), lost)  # fmt: skip


def _span(values: Floats) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = min((high - low) * 0.04, 1e300) or abs(high) or 1.0
    return max(low - room, -MOST), min(high + room, MOST)


@dataclass(frozen=True)
class _Scale:
    """The same numbers across and upwards."""

    low: float
    high: float

    def _part(self, value: float) -> float:
        half = self.high / 2 - self.low / 2  # the difference may overflow
        return (value / 2 - self.low / 2) / half if half else 0.5

    def x(self, value: float) -> float:
        """Pixels from the left."""
        return round(LEFT + self._part(value) * (WIDTH - 2 * LEFT), 1)

    def y(self, value: float) -> float:
        """Pixels from above."""
        return round(HEIGHT - FOOT - self._part(value) * (HEIGHT - FOOT - TOP), 1)

    def line(self, factor: float) -> tuple[float, float, float, float] | None:
        """got = factor * expected, as far as it lies in the picture."""
        ends = [self.low, self.high]
        if factor:
            ends = sorted(min(max(end / factor, self.low), self.high) for end in ends)
        first, last = ends
        if not first < last:
            return None
        return self.x(first), self.y(factor * first), self.x(last), self.y(factor * last)


@dataclass(frozen=True)
class Bar:
    """Elements whose error is between two multiples of the bound."""

    x: float
    y: float
    width: float
    height: float
    beyond: bool
    said: str


@dataclass(frozen=True)
class Histogram:
    """bound: pixels from the left; ticks: (pixels, words)."""

    bars: tuple[Bar, ...]
    bound: float
    ticks: tuple[tuple[float, str], ...]
    highest: int
    zero: int
    beyond: int
    lost: int
    elements: int


def histogram(sample: Sample) -> Histogram:
    """How many errors are how many times their bound, by decades or parts of them."""
    ratio = sample.ratio.reshape(-1)
    zero, lost = int((ratio == 0).sum()), int(np.isnan(ratio).sum())
    with np.errstate(divide="ignore"):
        logs = np.log10(ratio[(ratio > 0) & (ratio < np.inf)])
    logs = np.clip(logs, LOWEST, HIGHEST)
    endless = int((ratio == np.inf).sum())
    low = min(-2.0, math.floor(float(logs.min()))) if logs.size else -2.0
    high = max(2.0, math.ceil(float(logs.max()) + 1e-9)) if logs.size else 2.0
    edges = _edges(low, high)
    counts = [*np.histogram(logs, edges)[0].tolist(), *[endless] * bool(endless)]
    ticks = _ticks(low, high)
    if endless:  # a bound of 0: any error is beyond any multiple of it
        width = edges[1] - edges[0]
        edges.append(high := edges[-1] + max(width, (high - low) / BINS))
        ticks = tuple((_across(v, low, high), w) for v, w in ((0, "1"), (high - width / 2, "∞")))
    return Histogram(_bars(counts, edges), _across(0.0, low, high), ticks, max(*counts, 0), zero,
                     int((ratio > 1).sum()) + lost, lost, int(ratio.size))  # fmt: skip


def _edges(low: float, high: float) -> list[float]:
    """The bound is an edge."""
    width = next(w for w in (0.25, 0.5, 1.0) if (high - low) / w <= BINS or w == 1.0)
    return [low + i * width for i in range(round((high - low) / width) + 1)]


def _across(value: float, low: float, high: float) -> float:
    return round(LEFT + (value - low) / (high - low) * (WIDTH - 2 * LEFT), 1)


def _bars(counts: Sequence[int], edges: Sequence[float]) -> tuple[Bar, ...]:
    low, high, most = edges[0], edges[-1], max(*counts, 1)
    bars = []
    for count, left, right in zip(counts, edges, edges[1:], strict=False):
        if count:
            tall = max(2.0, count / most * (HEIGHT - FOOT - TOP - 14))
            said = f"{count:,} with an error of {short(10.0**left)} to {short(10.0**right)} bounds"
            x, end = _across(left, low, high), _across(right, low, high)
            bars.append(Bar(x, round(HEIGHT - FOOT - tall, 1), round(end - x - 1, 1),
                            round(tall, 1), left >= 0, said))  # fmt: skip
    return tuple(bars)


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    step = max(1, round((high - low) / 6))
    values = range(-step * int(-low // step), int(high) + 1, step)
    return tuple((_across(v, low, high), "1" if v == 0 else f"1e{v}") for v in values)
