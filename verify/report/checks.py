"""A check as one row of checks.csv."""

from __future__ import annotations

from verify.checks.check import Check
from verify.report.reasons import text

__all__ = ["COLUMNS", "detail", "row"]
COLUMNS = ("check", "variant", "subject", "verdict", "detail", "rerun")


def row(check: Check) -> dict[str, str]:
    """All columns of a check, in the order of COLUMNS."""
    return {
        "check": check.name,
        "variant": check.variant,
        "subject": check.subject,
        "verdict": "pass" if check.passed else "fail",
        "detail": detail(check),
        "rerun": check.rerun,
    }


def detail(check: Check) -> str:
    """What was measured, why that is wrong, and what mends it."""
    why = f": {text(check.reason)}" if check.reason else ""
    return f"{check.detail}{why}" + (f"; add {check.fix}" if check.fix else "")
