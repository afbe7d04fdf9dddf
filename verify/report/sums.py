"""What the small tables are made from: sums over rows, which do not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from math import inf, isnan, nan
from typing import Any

from verify.report.summed import Row

__all__ = ["TABLES", "Cell", "Kind", "Layer", "Sums", "Worst", "beyond", "fmax"]


TABLES = ("layers", "kinds", "cells")


def beyond(one: float, other: float) -> bool:
    """It is larger; NaN is larger than nothing, and smaller than anything."""
    return one > other or (isnan(other) and not isnan(one))


def fmax(one: float, other: float) -> float:
    """The larger one; NaN is none."""
    return one if beyond(one, other) else other


@dataclass
class Worst:
    """The first of the rows with the largest ratio; NaN, where nothing was comparable, is never
    the worst."""

    tensor: str = ""
    error: float = nan
    bound: float = nan
    ratio: float = nan

    def see(self, *other: Any) -> None:
        """Another row's, in the order of the fields."""
        if beyond(other[3], self.ratio):
            self.tensor, self.error, self.bound, self.ratio = other

    def far(self, *other: Any) -> None:
        """The same, by the error alone."""
        if beyond(other[1], self.error):
            self.tensor, self.error, self.bound, self.ratio = other


@dataclass
class Layer:
    """Of one layer of one variant.  drift: the largest inherited error; free: some follow from own
    errors, and have no bound."""

    rows: int = 0
    failed: int = 0
    unverified: int = 0
    guilty: int = 0
    mistrusted: int = 0
    flips: int = 0
    own: Worst = field(default_factory=Worst)
    inherited: Worst = field(default_factory=Worst)
    drift: Worst = field(default_factory=Worst)
    free: bool = False
    tensors: dict[str, None] = field(default_factory=dict)

    @property
    def worst_inherited(self) -> Worst:
        """By its ratio, or the largest where some have none and no other is beyond its bound."""
        return self.drift if self.free and not self.inherited.ratio > 1 else self.inherited

    def add(self, row: Row) -> None:
        """Another row."""
        self.rows += 1
        self.failed += row.failed
        self.unverified += row.unverified
        self.guilty += row.guilty
        self.mistrusted += row.mistrusted
        self.flips += row.flips
        self.tensors[row.tensor] = None
        self.own.see(row.tensor, row.own_error, row.own_bound, row.own_ratio)
        drift = (row.tensor, row.inherited_error, row.inherited_bound, row.inherited_ratio)
        self.inherited.see(*drift)
        self.drift.far(*drift)
        self.free = self.free or (isnan(row.inherited_bound) and not isnan(row.inherited_error))

    def merge(self, other: Layer) -> None:
        """Rows that come after these."""
        for name in ("rows", "failed", "unverified", "guilty", "mistrusted", "flips"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.tensors |= other.tensors
        self.own.see(*vars(other.own).values())
        self.inherited.see(*vars(other.inherited).values())
        self.drift.far(*vars(other.drift).values())
        self.free = self.free or other.free


@dataclass
class Kind:
    """Of one kind of case over all seeds; cases come in the order of their seeds.  drifted: some
    inherited error was measured."""

    rows: int = 0
    failed: int = 0
    unverified: int = 0
    seeds: int = 0
    first: int | None = None
    last: int | None = None
    own: float = 0.0
    inherited: float = nan
    drifted: bool = False
    floor: float = 0.0
    guilty: dict[str, None] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Another row; NaN is no largest, nor is a floor without end."""
        self.rows += 1
        self.failed += row.failed
        self.unverified += row.unverified
        self.seeds += row.seed != self.last
        self.first = row.seed if self.first is None else self.first
        self.last = row.seed
        self.own = max(self.own, row.own_ratio)
        self.inherited = fmax(self.inherited, row.inherited_ratio)
        self.drifted = self.drifted or not isnan(row.inherited_error)
        self.floor = max(self.floor, row.own_floor if row.own_floor < inf else nan)
        if row.guilty:
            self.guilty[row.layer] = None

    @property
    def worst_inherited(self) -> float:
        """The largest ratio; NaN where all follow from own errors, 0 where none was measured."""
        return self.inherited if self.drifted or not isnan(self.inherited) else 0.0

    def merge(self, other: Kind) -> None:
        """Rows that come after these."""
        self.seeds += other.seeds - (other.first == self.last)
        self.first = other.first if self.first is None else self.first
        self.last = other.last
        for name in ("rows", "failed", "unverified"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("own", "inherited", "floor"):
            setattr(self, name, fmax(getattr(self, name), getattr(other, name)))
        self.drifted = self.drifted or other.drifted
        self.guilty |= other.guilty


@dataclass
class Cell:
    """Of one tensor in one tier: passing rows of whole networks; truth: a third oracle spoke."""

    rows: int = 0
    truth: bool = False
    regimes: dict[str, None] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Another row."""
        self.rows += 1
        self.truth = self.truth or row.closer_to_truth != ""
        self.regimes[row.regime] = None

    def merge(self, other: Cell) -> None:
        """Rows that come after these."""
        self.rows += other.rows
        self.truth = self.truth or other.truth
        self.regimes |= other.regimes


@dataclass
class Sums:
    """By layer and variant, by kind of case, by cell; each in the order of its first row.  probe:
    the option of what proves a layer and no network."""

    probe: str
    layers: dict[tuple[str, str], Layer] = field(default_factory=dict)
    kinds: dict[tuple[Any, ...], Kind] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], Cell] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        """More of them."""
        for row in rows:
            self._of(self.layers, (row.variant, row.layer), Layer).add(row)
            self._of(self.kinds, row[:6], Kind).add(row)
            if row.passed and row.options != self.probe:
                self._of(self.cells, (row.variant, row.tensor, row.tier), Cell).add(row)

    @staticmethod
    def _of(known: dict[Any, Any], key: Any, kind: type) -> Any:
        found = known.get(key)
        if found is None:
            found = known[key] = kind()
        return found

    def merge(self, other: Sums) -> None:
        """Those of rows that come after these."""
        for name in TABLES:
            for key, value in getattr(other, name).items():
                self._of(getattr(self, name), key, type(value)).merge(value)

    def state(self) -> dict[str, Any]:
        """All of it as JSON takes it."""
        return {name: [[list(key), asdict(value)] for key, value in getattr(self, name).items()]
                for name in TABLES}  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """What :meth:`state` told.

        Raises:
            TypeError, KeyError: it is none.
        """
        for name in TABLES:
            getattr(self, name).clear()  # the order of the first rows is the state's, too
        for key, told in state["layers"]:
            layer = self.layers[tuple(key)] = Layer(**told)
            for name in ("own", "inherited", "drift"):
                setattr(layer, name, Worst(**told[name]))
        self.kinds |= {tuple(key): Kind(**told) for key, told in state["kinds"]}
        self.cells |= {tuple(key): Cell(**told) for key, told in state["cells"]}
