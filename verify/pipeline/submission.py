"""What is said of a whole subject: the end of ``lenet-verify check``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verify.cases.case import Case
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.exchange.layout import Layout
from verify.exchange.schema import IMAGES, LABELS, expected
from verify.judge.conclude.conclusions import Findings, conclude
from verify.judge.conclude.tally import Tally
from verify.judge.verdict import Verdict

__all__ = ["concluded", "unknown"]


def unknown(case: Case, arrays: Iterable[str], layout: Layout) -> list[str]:
    """Names that are no tensors of this network."""
    known = expected(case.arch, case.batch).keys() | {"", IMAGES, LABELS}
    return sorted(name for name in arrays if layout.ours(name) not in known)


def concluded(findings: Findings, checks: Sequence[Check] = (), asked: int = 0) -> Outcome:
    """What the findings of a whole subject come to.

    asked: how many cases there were, if not all have findings.
    """
    every = [finding for _, each in findings for finding in each]
    ranked = sorted(every, key=lambda f: f.verdict is Verdict.MISSING)  # a mistake is shown first
    tally = Tally(f for f in ranked if f.verdict is not Verdict.ABSENT)
    return Outcome(findings, tuple(checks), tally, conclude(findings), max(asked, len(findings)))
