"""A check: a yes-or-no question about a run that is not one tensor's comparison."""

from __future__ import annotations

from dataclasses import dataclass

from verify.judge.reasons import Reason

__all__ = ["HOLDS", "Check"]
HOLDS = "holds"
"""The detail of a check about which there is no more to say."""


@dataclass(frozen=True)
class Check:
    """name: what kind; variant; subject: what it was asked of; detail: what was measured; reason:
    why that is wrong, where the judge said so; fix: words of the command line that mend it; drop:
    declarations to leave out."""

    name: str
    variant: str
    subject: str
    passed: bool
    detail: str
    rerun: str = ""
    reason: Reason | None = None
    fix: str = ""
    drop: str = ""

    @property
    def note(self) -> str:
        """What is to be mentioned though it holds, or an empty string."""
        return self.detail if self.passed and self.detail != HOLDS else ""
