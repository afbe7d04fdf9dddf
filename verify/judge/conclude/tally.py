"""Running counts over findings, and the few that are shown; nothing else of them is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lenet_ref.architecture import Architecture
from verify.judge.conclude.order import names, ordered
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

__all__ = ["COUNTS", "Tally", "fails"]
COUNTS = ("rows", "failed", "unverified", "judged", "computed")


class Tally:
    """Counts findings as they come.

    rows, failed, unverified: of all; judged: found right or wrong; computed: of these what was not
    handed in.  first: of each variant the
    first that fails, an own error before an inherited one; blamed: of each layer, by variant and
    name, the first with an own error of each cause, and the first without one.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.rows = self.failed = self.unverified = self.judged = self.computed = 0
        self.first: dict[str, Finding] = {}
        self.blamed: dict[tuple[str, str], dict[str, Finding]] = {}
        self._seen: dict[str, dict[tuple[str, ...], None]] = {}
        self._last: Architecture | None = None
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        variant, verdict = finding.case.arch.variant, finding.verdict
        self._see(finding.case.arch)
        self.rows += 1
        self.unverified += verdict is Verdict.UNVERIFIED
        self.judged += verdict.judged
        self.computed += verdict.judged and not finding.step.handed
        if fails(finding):
            self.failed += 1
            self._head(variant, finding)
        if finding.guilty:
            causes = self.blamed.setdefault((variant, finding.step.layer), {})
            causes.setdefault(finding.cause.name if finding.cause else "", finding)

    def merge(self, other: Tally) -> None:
        """Those of findings that come after these."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for variant, seen in other._seen.items():
            self._seen.setdefault(variant, {}).update(seen)
        for variant, finding in other.first.items():
            self._head(variant, finding)
        for key, causes in other.blamed.items():
            mine = self.blamed.setdefault(key, {})
            for name, finding in causes.items():
                mine.setdefault(name, finding)

    def _head(self, variant: str, finding: Finding) -> None:
        known = self.first.get(variant)
        if known is None or finding.guilty > known.guilty:
            self.first[variant] = finding

    def _see(self, arch: Architecture) -> None:
        """Which networks there are; the findings of one case have the same."""
        if arch is not self._last:
            self._seen.setdefault(arch.variant, {})[names(arch)] = None
            self._last = arch

    def state(self) -> dict[str, Any]:
        """The counts, as JSON takes them; of findings that are shown, none."""
        seen = {variant: [list(each) for each in known] for variant, known in self._seen.items()}
        return {**{name: getattr(self, name) for name in COUNTS}, "seen": seen}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Counts that :meth:`state` told, in place of these.

        Raises:
            KeyError, TypeError: it is none.
        """
        for name in COUNTS:
            setattr(self, name, int(state[name]))
        self._seen = {variant: dict.fromkeys(map(tuple, known))
                      for variant, known in state["seen"].items()}  # fmt: skip

    @property
    def passed(self) -> int:
        """Rows that were verified and are right."""
        return self.rows - self.failed - self.unverified

    def variants(self) -> list[str]:
        """Variants seen, in order."""
        return list(self._seen)

    def order(self, variant: str) -> list[str]:
        """Layers of a variant in the order of its network, and the loss."""
        return ordered(variant, self._seen.get(variant, ()))

    def guilty(self, variant: str) -> list[str]:
        """Layers with an own error, in the order of the network."""
        return [layer for layer in self.order(variant) if (variant, layer) in self.blamed]


def fails(finding: Finding) -> bool:
    """The row fails the run; one that is not verified does not, nor does it pass."""
    return finding.failed
