"""The small tables of a run, layer by layer, case by case and cell by cell: made from sums, and no
row is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from verify.cases.plan import NONE, Networks
from verify.checks import coverage
from verify.checks.coverage import PROBE, Exemption, cells
from verify.judge.verdict import Verdict
from verify.report.frame import table
from verify.report.summed import SUMMED, summed
from verify.report.sums import Cell, Sums, Worst

__all__ = ["CASE", "COVERAGE_COLUMNS", "LAYER_COLUMNS", "SUMMARY_COLUMNS", "WHY",
           "Tables", "overall"]  # fmt: skip
CASE = ("variant", "options", "tier", "regime", "dtype", "batch")
LAYER_COLUMNS = (
    *("variant", "layer", "verdict", "tensors", "rows", "failed", "unverified"),
    *("guilty", "mistrusted"),
    *("worst_own_tensor", "worst_own_error", "worst_own_bound", "worst_own_ratio"),
    *("worst_inherited_tensor", "worst_inherited_error", "worst_inherited_bound"),
    *("worst_inherited_ratio", "flips"),
)
SUMMARY_COLUMNS = (
    *(*CASE, "seeds", "rows", "failed", "unverified", "guilty_layers", "worst_own_ratio"),
    *("worst_inherited_ratio", "largest_own_floor", "verdict"),
)
COVERAGE_COLUMNS = (
    *("variant", "layer", "tensor", "tier", "verdict", "rows", "oracles", "regimes", "why"),
)


class Tables:
    """Sums up chunks of :func:`verify.report.frame.frame`, and makes tables of the sums."""

    def __init__(self, chunks: Iterable[pd.DataFrame] = ()) -> None:
        self.sums = Sums(PROBE)
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: pd.DataFrame) -> None:
        """Count its rows."""
        names = [*SUMMED, "verdict", "own_verdict"]
        columns = [chunk[name].tolist() for name in names]
        self.sums.add(
            summed(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)
        )

    @property
    def seeds(self) -> set[int]:
        """The first and the last of each kind of case."""
        return {seed for kind in self.sums.kinds.values() for seed in (kind.first, kind.last)
                if seed is not None}  # fmt: skip

    def layers(self, order: Callable[[str], list[str]]) -> pd.DataFrame:
        """layers.csv: one row for each layer of each variant.  order: a variant's layers."""
        known = self.sums.layers
        variants = dict.fromkeys(variant for variant, _ in known)
        index = [(v, layer) for v in variants for layer in order(v) if (v, layer) in known]
        rows = [
            (*key, overall(k.failed, k.unverified), len(k.tensors), k.rows, k.failed, k.unverified,
             k.guilty, k.mistrusted, *_worst(k.own), *_worst(k.worst_inherited), k.flips)
            for key, k in ((key, known[key]) for key in index)
        ]  # fmt: skip
        return table(rows, LAYER_COLUMNS)

    def summary(self) -> pd.DataFrame:
        """summary.csv: one row for each kind of case, over all seeds."""
        rows = [
            (*key, k.seeds, k.rows, k.failed, k.unverified, " ".join(k.guilty), k.own,
             k.worst_inherited, k.floor, overall(k.failed, k.unverified))
            for key, k in self.sums.kinds.items()
        ]  # fmt: skip
        return table(rows, SUMMARY_COLUMNS)

    def coverage(self, variants: Iterable[str], others: Networks = NONE) -> pd.DataFrame:
        """coverage.csv: one row for each variant, tensor and tier, counting passing rows of whole
        networks; probes prove layers."""
        found = self.sums.cells
        told = [_cell(cell, found.get(cell.key, Cell())) for cell in cells(variants, others)]
        return table(told, COVERAGE_COLUMNS)


def overall(failed: int, unverified: int) -> Verdict:
    """The verdict of several rows."""
    return Verdict.FAIL if failed else Verdict.UNVERIFIED if unverified else Verdict.PASS


def _worst(worst: Worst) -> Sequence[Any]:
    return worst.tensor, worst.error, worst.bound, worst.ratio


def _cell(cell: coverage.Cell, found: Cell) -> tuple[Any, ...]:
    word = "verified" if found.rows else "uncovered"
    word = word if cell.applicable else "not applicable"
    oracles = "" if not found.rows else "autograd truth" if found.truth else "autograd"
    where = (cell.variant, cell.layer, cell.tensor, cell.tier)
    why = WHY[cell.exemption]
    return (*where, word, found.rows, oracles, " ".join(sorted(found.regimes)), why)


WHY = {
    None: "",
    Exemption.TRANSCENDENTAL: "not applicable: exponentials and logarithms have no exact values",
    Exemption.SQUASHED: "verified with the squashing left out: tanh has no exact values",
}
