"""Everything a page says, as values; the template only places them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from verify.judge.verdict import Verdict
from verify.report.kept import LINES, Drawn, Kept
from verify.report.page.charts import Histogram, Scatter, histogram, scatter
from verify.report.page.equations import Formula, formula
from verify.report.page.heat import Heat, heat
from verify.report.page.network import Drawing, drawing
from verify.report.page.rows import Gathered, Line, clipped
from verify.report.reasons import each_of

__all__ = ["MOST_CHECKS", "MOST_TENSORS", "Content", "Exhibit", "Guilt", "checked"]
MOST_TENSORS = 128
"""Failing tensors with a section of their own."""
MOST_CHECKS = 1000
"""Checks in the table, those that do not hold first."""


@dataclass(frozen=True)
class Guilt:
    """What is said on top of a network that fails.  layers: with an own error; among: where there
    is none, in words those that may be guilty."""

    variant: str
    layers: tuple[str, ...]
    among: str
    first: Line
    formula: Formula | None


@dataclass(frozen=True)
class Exhibit:
    """A failing tensor: its first failing row, its equation, its pictures; why there are none."""

    line: Line
    anchor: str
    formula: Formula | None
    drawn: Drawn | None
    heat: Heat | None
    scatter: Scatter | None
    histogram: Histogram | None
    absent: str


@dataclass(frozen=True)
class Content:
    """title: whose report; again: the command that repeats it; counts: rows of the run and those of
    each verdict, where the table does not hold all; about: of the run, for the foot."""

    title: str
    gathered: Gathered
    checks: Sequence[Mapping[str, str]]
    kept: Kept | None
    again: str = ""
    counted: tuple[int, int, int, int] | None = None
    about: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def broken(self) -> list[Mapping[str, str]]:
        """Checks that do not hold."""
        return [check for check in self.checks if check["verdict"] != "pass"]

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Comparisons, those that fail, those not verified; cases."""
        if self.counted is not None:
            return self.counted
        counts, absent = self.gathered.counts, str(Verdict.ABSENT)
        compared = self.gathered.total - counts.get(absent, 0)
        passed, blunt = (counts.get(str(v), 0) for v in (Verdict.PASS, Verdict.UNVERIFIED))
        return compared, compared - passed - blunt, blunt, len(self.gathered.cases)

    @property
    def passed(self) -> bool:
        """Nothing fails, every check holds, and something that was computed was judged."""
        compared, failed, blunt, _ = self.numbers
        computed = self.gathered.computed if self.counted is None else compared - blunt
        return not failed and not self.broken and computed > 0

    @property
    def summary(self) -> str:
        """The closing line, without the word."""
        compared, failed, blunt, cases = self.numbers
        right = compared - failed - blunt
        unsure = f" ({blunt:,} not verified)" if blunt else ""
        told = (
            f"{right:,} of {compared:,} comparisons{unsure}{'' if self.passed else ' passed'}"
            f" in {cases:,} case{'s' * (cases != 1)}"
        )
        held = len(self.checks) - len(self.broken)
        checks = f", {held:,} of {len(self.checks):,} checks" if self.checks else ""
        return f"{told}{checks}{'' if self.passed else ' hold' * bool(checks)}"

    @cached_property
    def guilt(self) -> list[Guilt]:
        """Of each network that fails: the guilty layers and the first failing row."""
        found: dict[str, list[Line]] = {}
        for (variant, _), line in self.gathered.first.items():
            found.setdefault(variant, []).append(line)
        return [self._guilt(variant, lines) for variant, lines in found.items()]

    def _guilt(self, variant: str, lines: Sequence[Line]) -> Guilt:
        guilty = {line["layer"] for line in lines if line["guilty"]}
        order = self.gathered.layers.get(variant, {})
        # a mistake before what is missing, an own error before an inherited one
        first = min(lines, key=lambda line: (
            line["verdict"] == "missing", not line["guilty"], line["place"]))  # fmt: skip
        layers = [name for name in order if name in guilty]
        among = each_of(self.kept.apart if self.kept and not layers else ())
        return Guilt(variant, tuple(layers), among, first, formula(first["equation"]))

    @property
    def said(self) -> list[str]:
        """What the run said at its end, if that was kept."""
        return [clipped(line) for line in (self.kept.said if self.kept else ())[:LINES]]

    @cached_property
    def drawings(self) -> list[Drawing]:
        """Every network."""
        return [drawing(name, layers) for name, layers in self.gathered.layers.items()][:16]

    @cached_property
    def exhibits(self) -> list[Exhibit]:
        """Every failing tensor, an own error before what follows from it."""
        lines = sorted(self.gathered.first.values(), key=lambda e: (not e["guilty"], e["place"]))
        return [self._exhibit(i, line) for i, line in enumerate(lines[:MOST_TENSORS])]

    def _exhibit(self, number: int, line: Line) -> Exhibit:
        found = (self.kept or Kept()).samples.get((line["variant"], line["tensor"]))
        known = formula(line["equation"])
        anchor = f"tensor-{number + 1}"
        if found is None:
            return Exhibit(line, anchor, known, None, None, None, None, self._why(line))
        sample = found.sample
        return Exhibit(line, anchor, known, found, heat(sample), scatter(sample, line["fit_scale"]),
                       histogram(sample), "")  # fmt: skip

    def _why(self, line: Line) -> str:
        """No pictures."""
        if self.kept is None:
            return "No pictures: the folder has no failing.npz, with the numbers of what failed."
        if (line["variant"], line["tensor"]) in self.kept.more:
            return "No pictures: too many tensors fail; the numbers of the first 64 were kept."
        return "No pictures: there are no two arrays that could be compared."

    @cached_property
    def cited(self) -> list[Formula]:
        """Equations of the failing tensors, each once."""
        return [*{e.formula.id: e.formula for e in self.exhibits if e.formula}.values()]


def checked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Checks, those that do not hold first."""
    names = ("check", "variant", "subject", "verdict", "detail", "rerun")
    told = [{name: clipped(row[name]) for name in names} for row in rows]
    return sorted(told, key=lambda row: row["verdict"] == "pass")
