"""Where own error could not be measured: from the last tensor known good to the first wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.findings import FAILING, Finding


@dataclass(frozen=True)
class Span:
    """The error arose after ``good`` (empty: from the start) and no later than ``wrong``."""

    good: str
    wrong: str
    layers: tuple[str, ...]

    def __str__(self) -> str:
        start = f"after {self.good}" if self.good else "from the start"
        return f"the error arises {start}, by {self.wrong}: {' '.join(self.layers)}"


def span(findings: Sequence[Finding]) -> Span | None:
    """The first tensor beyond its inherited bound whose own error could not be measured, and
    the last good tensor before it in order of computation; None where there is no such tensor
    or an own error already explains it."""
    for place, finding in enumerate(findings):
        if finding.guilty:
            return None
        if finding.own.verdict == "absent" and finding.inherited.verdict in FAILING:
            return _from_last_good(findings, place)
    return None


def _from_last_good(findings: Sequence[Finding], place: int) -> Span:
    good = [i for i in range(place) if findings[i].verdict == "pass"]
    start = good[-1] if good else -1
    layers = dict.fromkeys(f.step.layer for f in findings[start + 1 : place + 1])
    name = findings[start].step.tensor if good else ""
    return Span(name, findings[place].step.tensor, tuple(layers))
