"""The coverage ledger: every tensor of both networks in every tier, or a stated reason.

A cell is verified when a row passed there; a cell without one fails the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lenet_ref.architecture import Architecture, lenet_1998, modern
from verify.checks.check import Check
from verify.expected.steps import steps
from verify.judge.verdict import Verdict

COLUMNS = ("variant", "layer", "tensor", "tier", "verdict", "rows", "oracles", "regimes", "why")
TIERS = ("exact", "float64", "float32")
TRANSCENDENTAL = "not applicable: exponentials and logarithms have no exact values"
SQUASHED = "verified with the squashing left out: tanh has no exact values"


def networks() -> dict[str, tuple[Architecture, ...]]:
    """Architectures whose steps, together, are all tensors of a variant."""
    return {
        "modern": (modern(),),
        "1998": (lenet_1998(), lenet_1998(loss="map", learned_codes=True)),
    }


def tensors(variant: str) -> list[str]:
    """Every tensor of a variant, each once, in order of computation."""
    return list(dict.fromkeys(s.tensor for a in networks()[variant] for s in steps(a)))


class Coverage:
    """Collects which cells were verified as rows come in."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str, str], dict[str, Any]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a passing row of a whole network; probes prove layers, not networks."""
        if row["verdict"] is not Verdict.PASS or row["options"] == "probe":
            return
        key = (row["variant"], row["tensor"], row["tier"])
        cell = self._cells.setdefault(key, {"rows": 0, "oracles": set(), "regimes": set()})
        cell["rows"] += 1
        cell["regimes"].add(row["regime"])
        cell["oracles"].add("autograd")
        if row["closer_to_truth"]:
            cell["oracles"].add("truth")

    def rows(self, variants: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """One row per variant, tensor and tier."""
        for variant in variants:
            for tensor in tensors(variant):
                for tier in TIERS:
                    yield self._row(variant, tensor, tier)

    def _row(self, variant: str, tensor: str, tier: str) -> dict[str, Any]:
        cell = self._cells.get((variant, tensor, tier))
        why = exemption(variant, tensor) if tier == "exact" else ""
        inapplicable = why == TRANSCENDENTAL
        verdict = "not applicable" if inapplicable else "verified" if cell else "uncovered"
        return {
            "variant": variant,
            "layer": tensor.split(".")[0],
            "tensor": tensor,
            "tier": tier,
            "verdict": verdict,
            "rows": 0 if cell is None else cell["rows"],
            "oracles": "" if cell is None else " ".join(sorted(cell["oracles"])),
            "regimes": "" if cell is None else " ".join(sorted(cell["regimes"])),
            "why": why,
        }


def exemption(variant: str, tensor: str) -> str:
    """What the exact tier cannot say about a tensor."""
    layer, symbol = tensor.split(".")
    if layer == "loss" and symbol == "probs":
        return TRANSCENDENTAL
    if variant == "modern" and tensor in ("loss.data", "loss.total", "loss.dx"):
        return TRANSCENDENTAL
    squashed = variant == "1998" and layer not in ("F7", "loss") and symbol in ("y", "dz")
    return SQUASHED if squashed else ""


def check(rows: list[dict[str, Any]]) -> list[Check]:
    """One check per variant: no cell is uncovered."""
    found = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        mine = [row for row in rows if row["variant"] == variant]
        open_cells = [f"{r['tensor']} ({r['tier']})" for r in mine if r["verdict"] == "uncovered"]
        exempt = sum(row["verdict"] == "not applicable" for row in mine)
        detail = f"{len(mine) - exempt} cells verified, {exempt} not applicable"
        if open_cells:
            detail = f"not verified: {', '.join(open_cells[:8])}" + " ..." * (len(open_cells) > 8)
        found.append(
            Check("coverage", variant, "every tensor in every tier", not open_cells, detail)
        )
    return found
