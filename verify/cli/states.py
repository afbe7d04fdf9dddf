"""What the calls of a submission showed beside its numbers, sorted into columns of the table."""

from __future__ import annotations

from collections.abc import Sequence

from verify.checks.check import Check
from verify.report.checks import mended
from verify.subjects.limits import LATE
from verify.subjects.process import KEPT, REPEATED, UNCHANGED

__all__ = ["OTHERS", "STATES", "state_of", "states"]
OTHERS = "other_findings"
STATES = ("kept_state", "changed_arguments", "not_reproducible", "timeouts", OTHERS)


def states(checks: Sequence[Check]) -> dict[str, str]:
    """By column, what does not hold; an empty text where all does."""
    found: dict[str, list[str]] = {name: [] for name in STATES}
    for check in checks:
        if not check.passed:
            found[state_of(check)].append(f"{check.subject}: {mended(check)}")
    return {name: "; ".join(dict.fromkeys(said)) for name, said in found.items()}


def state_of(check: Check) -> str:
    """The column of a check that does not hold."""
    if LATE in check.detail:
        return "timeouts"
    if check.subject.startswith(UNCHANGED):
        return "changed_arguments"
    if check.subject.startswith(REPEATED):
        return "kept_state" if KEPT in check.detail else "not_reproducible"
    return OTHERS
