"""A check: a yes-or-no question about a run that is not one tensor's comparison."""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = ("check", "variant", "subject", "verdict", "detail", "rerun")

HOLDS = "holds"
"""The detail of a check about which there is no more to say."""


@dataclass(frozen=True)
class Check:
    """name: what kind; variant; subject: what it was asked of; detail: what was measured."""

    name: str
    variant: str
    subject: str
    passed: bool
    detail: str
    rerun: str = ""

    def row(self) -> dict[str, str]:
        """One row of checks.csv."""
        return {
            "check": self.name,
            "variant": self.variant,
            "subject": self.subject,
            "verdict": "pass" if self.passed else "fail",
            "detail": self.detail,
            "rerun": self.rerun,
        }
