"""Running counts over findings, and the few that are shown; nothing else of them is kept."""

from __future__ import annotations

from collections.abc import Iterable

from verify.judge.conclude.order import names, ordered
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict


class Tally:
    """Counts findings as they come.

    rows, failed, unverified: of all; judged: found right or wrong.  first: of each variant the
    first that fails, an own error before an inherited one; blamed: of each layer, by variant and
    name, the first with an own error.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.rows = self.failed = self.unverified = self.judged = 0
        self.first: dict[str, Finding] = {}
        self.blamed: dict[tuple[str, str], Finding] = {}
        self._seen: dict[str, dict[tuple[str, ...], None]] = {}
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        variant, layer = finding.case.arch.variant, finding.step.layer
        self._seen.setdefault(variant, {})[names(finding.case.arch)] = None
        self.rows += 1
        self.failed += fails(finding)
        self.unverified += finding.verdict is Verdict.UNVERIFIED
        self.judged += finding.verdict.judged
        if fails(finding):
            known = self.first.get(variant)
            if known is None or finding.guilty > known.guilty:
                self.first[variant] = finding
        if finding.guilty:
            self.blamed.setdefault((variant, layer), finding)

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
