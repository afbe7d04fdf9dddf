"""A check as one row of checks.csv."""

from __future__ import annotations

from verify.checks.check import Check
from verify.report.reasons import text

__all__ = ["COLUMNS", "detail", "mended", "row"]
COLUMNS = ("check", "variant", "subject", "verdict", "detail", "rerun")


def row(check: Check) -> dict[str, str]:
    """All columns of a check, in the order of COLUMNS."""
    return {
        "check": check.name,
        "variant": check.variant,
        "subject": check.subject,
        "verdict": "pass" if check.passed else "fail",
        "detail": mended(check),
        "rerun": check.rerun,
    }


def detail(check: Check) -> str:
    """What was measured, and why that is wrong."""
    return f"{check.detail}: {text(check.reason)}" if check.reason else check.detail


def mended(check: Check) -> str:
    """The same, and what mends it."""
    taken = f"; leave out {check.drop}" if check.drop else ""
    return detail(check) + taken + (f"; add {check.fix}" if check.fix else "")
