"""The small tables of a run, layer by layer, case by case and cell by cell.

Of 600,000 rows the few columns that the tables are made from are kept, texts as categories: some
90 bytes a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import union_categoricals

from verify.cases.plan import NONE, Networks
from verify.checks.coverage import PROBE, Cell, Exemption, cells
from verify.judge.verdict import Verdict

__all__ = ["CASE", "CELL", "CHUNKS", "COVERAGE_COLUMNS", "LAYER_COLUMNS", "NUMBERS",
           "SUMMARY_COLUMNS", "TEXTS", "WHY", "Tables", "failing", "overall"]  # fmt: skip
CASE = ("variant", "options", "tier", "regime", "dtype", "batch")
CELL = ("variant", "tensor", "tier")
TEXTS = (*CASE[:5], "layer", "tensor", "verdict", "own_verdict", "closer_to_truth")
NUMBERS = (
    *("batch", "seed", "flips", "own_error", "own_bound", "own_ratio", "own_floor"),
    *("inherited_error", "inherited_bound", "inherited_ratio"),
)
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
CHUNKS = 256
"""Chunks that are put together before their texts become categories."""


class Tables:
    """Collects chunks of :func:`verify.report.frame.frame`, and makes tables of them."""

    def __init__(self, chunks: Iterable[pd.DataFrame] = ()) -> None:
        self._loose: list[pd.DataFrame] = []
        self._packed: list[pd.DataFrame] = []
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: pd.DataFrame) -> None:
        """Keep what the tables need of a chunk."""
        self._loose.append(chunk[[*TEXTS, *NUMBERS]])
        if len(self._loose) >= CHUNKS:
            self._pack()

    def _pack(self) -> None:
        if self._loose:
            kept = pd.concat(self._loose, ignore_index=True)
            self._packed.append(kept.astype(dict.fromkeys(TEXTS, "category")))
            self._loose = []

    def rows(self) -> pd.DataFrame:
        """Everything kept, and what follows from the verdicts."""
        self._pack()
        if len(self._packed) > 1:
            self._packed = [_joined(self._packed)]
        found = self._packed[0] if self._packed else pd.DataFrame(columns=[*TEXTS, *NUMBERS])
        return found.assign(
            failed=failing(found["verdict"]),
            unverified=found["verdict"] == Verdict.UNVERIFIED,
            mistrusted=found["verdict"].isin([Verdict.MISTRUSTED, Verdict.DISPUTED]),
            guilty=found["own_verdict"].isin([v for v in Verdict if v.guilty]),
            floor=found["own_floor"].where(found["own_floor"] < float("inf")),
        )

    def layers(self, order: Callable[[str], list[str]]) -> pd.DataFrame:
        """layers.csv: one row for each layer of each variant.  order: a variant's layers."""
        rows, key = self.rows(), ["variant", "layer"]
        groups = rows.groupby(key, observed=True, sort=False)
        found = groups[["failed", "unverified", "guilty", "mistrusted", "flips"]].sum()
        found["rows"], found["tensors"] = groups.size(), groups["tensor"].nunique()
        for kind in ("own", "inherited"):
            found = found.join(_worst(rows, key, kind))
        seen = dict.fromkeys(found.index)
        variants = dict.fromkeys(variant for variant, _ in seen)
        index = [(v, layer) for v in variants for layer in order(v) if (v, layer) in seen]
        return _told(found.loc[index], LAYER_COLUMNS)

    def summary(self) -> pd.DataFrame:
        """summary.csv: one row for each kind of case, over all seeds."""
        rows = self.rows()
        groups = rows.groupby(list(CASE), observed=True, sort=False)
        found = groups[["failed", "unverified"]].sum()
        found["rows"], found["seeds"] = groups.size(), groups["seed"].nunique()
        largest = groups[["own_ratio", "inherited_ratio", "floor"]].max().fillna(0.0)
        found[["worst_own_ratio", "worst_inherited_ratio", "largest_own_floor"]] = largest
        layers = rows[rows["guilty"]].groupby(list(CASE), observed=True, sort=False)["layer"]
        blamed = {case: " ".join(each.unique()) for case, each in layers}
        found["guilty_layers"] = [blamed.get(case, "") for case in found.index]
        return _told(found, SUMMARY_COLUMNS)

    def coverage(self, variants: Iterable[str], others: Networks = NONE) -> pd.DataFrame:
        """coverage.csv: one row for each variant, tensor and tier, counting passing rows of whole
        networks; probes prove layers."""
        rows = self.rows()
        whole = rows[(rows["verdict"] == Verdict.PASS) & (rows["options"] != PROBE)]
        whole = whole.assign(truth=whole["closer_to_truth"] != "")
        groups = whole.groupby(list(CELL), observed=True, sort=False)
        counts, third = groups.size().to_dict(), groups["truth"].any().to_dict()
        regimes: dict[tuple[str, ...], list[str]] = {}
        distinct = whole[[*CELL, "regime"]].drop_duplicates()
        for *cell, regime in distinct.itertuples(index=False, name=None):
            regimes.setdefault(tuple(cell), []).append(regime)
        told = [
            _cell(cell, counts.get(cell.key, 0), third.get(cell.key), regimes.get(cell.key, []))
            for cell in cells(variants, others)
        ]
        return pd.DataFrame(told, columns=list(COVERAGE_COLUMNS))


def failing(verdicts: pd.Series[Any]) -> pd.Series[bool]:
    """The rows that fail the run; one that is not verified does not, nor does it pass."""
    return verdicts.isin([verdict for verdict in Verdict if verdict.failing])


def overall(failed: int, unverified: int) -> Verdict:
    """The verdict of several rows."""
    return Verdict.FAIL if failed else Verdict.UNVERIFIED if unverified else Verdict.PASS


def _joined(packed: list[pd.DataFrame]) -> pd.DataFrame:
    """Several frames as one, categories being put together and not undone."""
    texts = {name: union_categoricals([each[name] for each in packed]) for name in TEXTS}
    numbers = pd.concat([each[list(NUMBERS)] for each in packed], ignore_index=True)
    return numbers.assign(**texts)


def _worst(rows: pd.DataFrame, key: list[str], kind: str) -> pd.DataFrame:
    """Of each group the row with the largest ratio, the first of them; NaN, where nothing was
    comparable, is never the worst."""
    told = {f"{kind}_{number}": f"worst_{kind}_{number}" for number in ("error", "bound", "ratio")}
    ratios = rows[rows[f"{kind}_ratio"].notna()].groupby(key, observed=True, sort=False)
    worst = rows.loc[ratios[f"{kind}_ratio"].idxmax(), [*key, "tensor", *told]]
    worst = worst.astype(dict.fromkeys((*key, "tensor"), "object"))
    return worst.rename(columns={**told, "tensor": f"worst_{kind}_tensor"}).set_index(key)


def _told(found: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """With the verdict of each group; a group without a worst tensor names none."""
    counts = zip(found["failed"], found["unverified"], strict=True)
    table = found.assign(verdict=[overall(*each) for each in counts]).reset_index()
    names = [name for name in columns if name.endswith("_tensor")]
    return table.fillna(dict.fromkeys(names, ""))[list(columns)]


def _cell(cell: Cell, rows: int, third: bool | None, regimes: list[str]) -> tuple[Any, ...]:
    word = "verified" if rows else "uncovered"
    word = word if cell.applicable else "not applicable"
    oracles = {None: "", False: "autograd", True: "autograd truth"}[third]
    where = (cell.variant, cell.layer, cell.tensor, cell.tier)
    return (*where, word, rows, oracles, " ".join(sorted(regimes)), WHY[cell.exemption])


WHY = {
    None: "",
    Exemption.TRANSCENDENTAL: "not applicable: exponentials and logarithms have no exact values",
    Exemption.SQUASHED: "verified with the squashing left out: tanh has no exact values",
}
