"""Running totals per layer and per case; memory does not grow with the number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify.checks.check import Check
from verify.errors import DIFFERENT, PASSED
from verify.judge.verdict import Verdict

Row = Mapping[str, Any]
LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6", "F7", "loss")
LAYER_COLUMNS = (
    *("variant", "layer", "verdict", "tensors", "rows", "failed", "unverified"),
    *("guilty", "mistrusted"),
    *("worst_own_tensor", "worst_own_error", "worst_own_bound", "worst_own_ratio"),
    *("worst_inherited_tensor", "worst_inherited_error", "worst_inherited_bound"),
    *("worst_inherited_ratio", "flips"),
)
SUMMARY_COLUMNS = (
    *("variant", "options", "tier", "regime", "dtype", "batch", "seeds", "rows", "failed"),
    *(
        "unverified",
        "guilty_layers",
        "worst_own_ratio",
        "worst_inherited_ratio",
        "largest_own_floor",
        "verdict",
    ),
)


@dataclass
class LayerTotals:
    """What was seen of one layer of one variant."""

    tensors: set[str] = field(default_factory=set)
    rows: int = 0
    failed: int = 0
    unverified: int = 0
    guilty: int = 0
    mistrusted: int = 0
    flips: int = 0
    own: Row | None = None
    inherited: Row | None = None

    def add(self, row: Row) -> None:
        """Count a row, keep the worst."""
        self.tensors.add(row["tensor"])
        self.rows += 1
        self.failed += fails(row)
        self.unverified += row["verdict"] is Verdict.UNVERIFIED
        self.guilty += row["own_verdict"].guilty
        self.mistrusted += row["verdict"] in (Verdict.MISTRUSTED, Verdict.DISPUTED)
        self.flips += row["flips"]
        self.own = worse(self.own, row, "own_ratio")
        self.inherited = worse(self.inherited, row, "inherited_ratio")


def fails(row: Row) -> bool:
    """The row fails the run; one that is not verified does not, nor does it pass."""
    failing: bool = row["verdict"].failing
    return failing


def overall(failed: int, unverified: int) -> Verdict:
    """The verdict of several rows."""
    return Verdict.FAIL if failed else Verdict.UNVERIFIED if unverified else Verdict.PASS


def worse(kept: Row | None, row: Row, key: str) -> Row | None:
    """The row with the larger ratio; NaN (nothing comparable) never replaces a number."""
    if row[key] != row[key]:
        return kept
    return row if kept is None or row[key] > kept[key] else kept


@dataclass
class CaseTotals:
    """What was seen of one kind of case over all seeds."""

    seeds: set[int] = field(default_factory=set)
    rows: int = 0
    failed: int = 0
    unverified: int = 0
    guilty: dict[str, None] = field(default_factory=dict)
    own: float = 0.0
    inherited: float = 0.0
    floor: float = 0.0

    def add(self, row: Row) -> None:
        """Count a row."""
        self.seeds.add(row["seed"])
        self.rows += 1
        self.failed += fails(row)
        self.unverified += row["verdict"] is Verdict.UNVERIFIED
        if row["own_verdict"].guilty:
            self.guilty[row["layer"]] = None
        self.own = max(self.own, row["own_ratio"])
        self.inherited = max(self.inherited, row["inherited_ratio"])
        if row["own_floor"] < float("inf"):
            self.floor = max(self.floor, row["own_floor"])


class Totals:
    """Everything the closing lines and the small tables need."""

    def __init__(self) -> None:
        self.layers: dict[tuple[str, str], LayerTotals] = {}
        self.cases: dict[tuple[Any, ...], CaseTotals] = {}
        self.rows = self.failed = self.unverified = 0
        self.first: dict[str, Row] = {}
        self.blamed: dict[tuple[str, str], Row] = {}

    def add(self, row: Row) -> None:
        """Count a row."""
        self.rows += 1
        self.failed += fails(row)
        self.unverified += row["verdict"] is Verdict.UNVERIFIED
        if fails(row):
            known = self.first.get(row["variant"])
            if known is None or row["own_verdict"].guilty > known["own_verdict"].guilty:
                self.first[row["variant"]] = row
        if row["own_verdict"].guilty:
            self.blamed.setdefault((row["variant"], row["layer"]), row)
        self.layers.setdefault((row["variant"], row["layer"]), LayerTotals()).add(row)
        key = tuple(row[name] for name in SUMMARY_COLUMNS[:6])
        self.cases.setdefault(key, CaseTotals()).add(row)

    def ordered(self, variant: str) -> list[tuple[str, LayerTotals]]:
        """Layers of a variant in network order."""
        mine = {layer: t for (v, layer), t in self.layers.items() if v == variant}
        return [(layer, mine[layer]) for layer in LAYERS if layer in mine]

    def variants(self) -> list[str]:
        """Variants seen, in order."""
        return list(dict.fromkeys(variant for variant, _ in self.layers))

    def guilty(self, variant: str) -> list[str]:
        """Layers with an own error, in network order."""
        return [layer for layer, totals in self.ordered(variant) if totals.guilty]

    def layer_rows(self) -> list[dict[str, Any]]:
        """Rows of layers.csv."""
        return [
            _layer_row(variant, layer, totals)
            for variant in self.variants()
            for layer, totals in self.ordered(variant)
        ]

    def summary_rows(self) -> list[dict[str, Any]]:
        """Rows of summary.csv."""
        return [_summary_row(key, totals) for key, totals in self.cases.items()]


def status(totals: Totals, checks: Sequence[Check]) -> int:
    """Exit status of what was judged: a row that fails, a check that does not hold, or nothing
    judged at all is a difference."""
    broken = any(not check.passed for check in checks)
    return DIFFERENT if totals.failed or broken or not totals.rows else PASSED


def _layer_row(variant: str, layer: str, t: LayerTotals) -> dict[str, Any]:
    found: dict[str, Any] = {
        "variant": variant,
        "layer": layer,
        "verdict": overall(t.failed, t.unverified),
        "tensors": len(t.tensors),
        "rows": t.rows,
        "failed": t.failed,
        "unverified": t.unverified,
        "guilty": t.guilty,
        "mistrusted": t.mistrusted,
        "flips": t.flips,
    }
    for kind, worst in (("own", t.own), ("inherited", t.inherited)):
        found[f"worst_{kind}_tensor"] = "" if worst is None else worst["tensor"]
        for number in ("error", "bound", "ratio"):
            value = float("nan") if worst is None else worst[f"{kind}_{number}"]
            found[f"worst_{kind}_{number}"] = value
    return found


def _summary_row(key: tuple[Any, ...], t: CaseTotals) -> dict[str, Any]:
    return {
        **dict(zip(SUMMARY_COLUMNS[:6], key, strict=True)),
        "seeds": len(t.seeds),
        "rows": t.rows,
        "failed": t.failed,
        "unverified": t.unverified,
        "guilty_layers": " ".join(t.guilty),
        "worst_own_ratio": t.own,
        "worst_inherited_ratio": t.inherited,
        "largest_own_floor": t.floor,
        "verdict": overall(t.failed, t.unverified),
    }
