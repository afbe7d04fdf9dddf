"""The rows of a report, as a page tells them: bounded, whatever they hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from verify.judge.verdict import Verdict
from verify.report.kept import KEY
from verify.report.text import one_line

__all__ = ["HANDED", "LONGEST", "MOST_LAYERS", "MOST_ROWS", "NUMBERS", "TEXTS", "Gathered", "Line",
           "clipped", "number", "verdict"]  # fmt: skip
Line = dict[str, Any]
LONGEST = 600
"""Characters of one text."""
MOST_ROWS = 5000
"""Rows of the table."""
MOST_LAYERS = 64
"""Layers of one network that are drawn."""
NUMBERS = ("own_error", "own_bound", "own_ratio", "inherited_error", "inherited_bound",
           "inherited_ratio", "subject", "oracle", "fit_scale", "fit_residual", "cosine",
           "scale")  # fmt: skip
TEXTS = (*KEY, "layer", "equation", "shape", "elements", "verdict", "own_verdict",
         "inherited_verdict", "index", "cause", "reason", "note", "rerun")  # fmt: skip


HANDED = ("W", "b")
"""Symbols of what nobody computes."""


def clipped(text: object, most: int = LONGEST) -> str:
    """On one line, and no longer than a reader reads."""
    whole = str(text)
    told = one_line(whole[:most])
    return told if len(whole) <= most else f"{told}… ({len(whole):,} characters)"


def number(text: object) -> float:
    """A number of a table, NaN where it is none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def verdict(text: object) -> Verdict | None:
    """A verdict by its word, None if it is none."""
    return Verdict(str(text)) if str(text) in set(Verdict) else None


@dataclass
class Gathered:
    """What is kept of rows as they come: failing ones before others, no more than MOST_ROWS.

    counts: of each verdict; cases: how many there are; layers: by variant, the rows of each layer
    that the drawing needs; first: of each failing tensor the first row; total: rows; computed:
    those found right or wrong that are no parameters.
    """

    counts: dict[str, int] = field(default_factory=dict)
    cases: set[tuple[str, ...]] = field(default_factory=set)
    failing: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    layers: dict[str, dict[str, dict[str, Line]]] = field(default_factory=dict)
    first: dict[tuple[str, str], Line] = field(default_factory=dict)
    total: int = 0
    computed: int = 0

    def add(self, raw: Mapping[str, Any]) -> None:
        """Count a row, and keep it if there is room."""
        word = verdict(raw["verdict"])
        told = str(word) if word else clipped(raw["verdict"], 20)
        self.counts[told] = self.counts.get(told, 0) + 1
        self.cases.add(tuple(clipped(raw[name], 80) for name in KEY[:-1]))
        failing = word is None or word.failing
        line = None
        if failing or self._open():
            line = _line(raw, self.total, failing)
            (self.failing if failing else self.others).append(line)
            del self.failing[MOST_ROWS:]
        self._draw(raw, failing, word, line)
        self.total += 1
        made = str(raw["tensor"]).rpartition(".")[2] not in HANDED
        self.computed += made and word is not None and word.judged

    def _open(self) -> bool:
        return len(self.failing) + len(self.others) < MOST_ROWS

    def _draw(
        self, raw: Mapping[str, Any], failing: bool, word: Verdict | None, line: Line | None
    ) -> None:
        variant, layer = clipped(raw["variant"], 60), clipped(raw["layer"], 30)
        if variant not in self.layers and len(self.layers) >= MOST_LAYERS:
            return
        layers = self.layers.setdefault(variant, {})
        if layer not in layers and len(layers) >= MOST_LAYERS:
            return
        seen = layers.setdefault(layer, {})
        tensor = clipped(raw["tensor"], 60)
        if len(seen) < MOST_LAYERS:
            seen.setdefault(tensor, {"shape": clipped(raw["shape"], 40), "states": set()})
        if tensor in seen and str(raw["options"]) != "probe" and not seen[tensor].get("whole"):
            seen[tensor].update(shape=clipped(raw["shape"], 40), whole=True)
        if tensor in seen:
            seen[tensor]["states"].add(_state(raw, word))
        if failing and line is not None:
            known = self.first.get((variant, tensor))
            room = len(self.first) < MOST_ROWS
            if room if known is None else (line["guilty"] and not known["guilty"]):
                self.first[variant, tensor] = line

    @property
    def rows(self) -> list[Line]:
        """Those of the table, in the order of the report."""
        room = MOST_ROWS - len(self.failing)
        return sorted([*self.failing, *self.others[:room]], key=lambda line: line["place"])

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Gathered:
        """All of them."""
        found = cls()
        for row in rows:
            found.add(row)
        return found


def _line(raw: Mapping[str, Any], place: int, failing: bool) -> Line:
    own = verdict(raw["own_verdict"])
    told: Line = {name: clipped(raw[name]) for name in TEXTS}
    told |= {name: number(raw[name]) for name in NUMBERS}
    return {**told, "place": place, "failing": failing, "guilty": own is not None and own.guilty}


def _state(raw: Mapping[str, Any], word: Verdict | None) -> str:
    """What a row says of its tensor."""
    own = verdict(raw["own_verdict"])
    if own is not None and own.guilty:
        return "wrong"
    if word is None or word.failing:
        return "affected"
    return {Verdict.PASS: "right", Verdict.UNVERIFIED: "unverified"}.get(word, "absent")
