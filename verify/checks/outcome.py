"""What a run or a submission comes to: its status, and all that a report tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.checks.check import Check
from verify.errors import DIFFERENT, PASSED
from verify.judge.conclude.conclusions import Conclusions, Findings, conclude
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

__all__ = ["Outcome", "concluded", "status"]


def status(tally: Tally, checks: Sequence[Check]) -> int:
    """Exit status of what was judged: a row that fails, a check that does not hold, or nothing
    judged that somebody computed is a difference."""
    broken = any(not check.passed for check in checks)
    return DIFFERENT if tally.failed or broken or not tally.computed else PASSED


@dataclass(frozen=True)
class Outcome:
    """A whole submission, judged.

    findings: by case; checks: about its calls; tally: of what was compared; asked: cases, whether
    there was an answer or not.
    """

    findings: Findings
    checks: tuple[Check, ...]
    tally: Tally
    conclusions: Conclusions
    asked: int

    @property
    def status(self) -> int:
        """Exit status."""
        return status(self.tally, self.checks)

    @property
    def variant(self) -> str:
        """What was judged; empty if nothing was."""
        return next(iter(self.tally.variants()), "")

    @property
    def first(self) -> Finding | None:
        """The first finding that fails, an own error before an inherited one."""
        return self.tally.first.get(self.variant)

    @property
    def suspects(self) -> tuple[str, ...]:
        """The layers that are left where none has an own error."""
        return tuple(layer for group in self.apart for layer in group)

    @property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """The same in groups: there is a mistake in each."""
        return () if self.tally.guilty(self.variant) else self.conclusions.suspects

    @property
    def guilty(self) -> tuple[str, ...]:
        """Layers with an own error, or the one that is left."""
        alone = all(len(group) == 1 for group in self.apart)
        return self.suspects if self.apart and alone else tuple(self.tally.guilty(self.variant))

    @property
    def judged(self) -> int:
        """Tensors found right or wrong, each in every case."""
        return self.tally.judged

    @property
    def empty(self) -> bool:
        """Nothing was found right or wrong but what had been handed in."""
        return not self.tally.computed

    @property
    def tensors(self) -> int:
        """All tensors of all cases that were asked."""
        if len(self.findings) < self.asked:  # a case without an answer was asked as well
            names = {f.step.tensor for _, each in self.findings for f in each}
            return self.asked * len(names)
        return sum(len(each) for _, each in self.findings)

    @property
    def share(self) -> float:
        """Part of what was asked for that was judged: tensors, each in every case."""
        return self.judged / self.tensors if self.tensors else 0.0

    @property
    def percent(self) -> int:
        """The share, 100 only where nothing is left."""
        return 100 if self.share == 1 else min(99, round(100 * self.share))


def concluded(findings: Findings, checks: Sequence[Check] = (), asked: int = 0) -> Outcome:
    """What the findings of a whole subject come to.

    asked: how many cases there were, if not all have findings.
    """
    every = [finding for _, each in findings for finding in each]
    ranked = sorted(every, key=lambda f: f.verdict is Verdict.MISSING)  # a mistake is shown first
    tally = Tally(f for f in ranked if f.verdict is not Verdict.ABSENT)
    return Outcome(findings, tuple(checks), tally, conclude(findings), max(asked, len(findings)))
