"""What can be said of one tensor, or of one of its two errors."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Verdict"]


class Verdict(StrEnum):
    """A word of the report, and what follows from it.

    unverified: compared, but the bound reaches the size of some elements; absent: not compared.
    Neither fails by itself, and neither acquits; both fail what is required.
    """

    PASS = "pass"
    FAIL = "fail"
    MISTRUSTED = "mistrusted"
    MISSING = "missing"
    ERROR = "error"
    DISPUTED = "disputed"
    UNVERIFIED = "unverified"
    ABSENT = "absent"

    @property
    def failing(self) -> bool:
        """A tensor of which this is said fails the run."""
        return self not in (Verdict.PASS, Verdict.UNVERIFIED, Verdict.ABSENT)

    @property
    def guilty(self) -> bool:
        """An own error of which this is said arises in its layer, whatever came before."""
        return self in (Verdict.FAIL, Verdict.MISSING, Verdict.ERROR)

    @property
    def judged(self) -> bool:
        """The tensor was found right or wrong; the others say why it was neither."""
        return self in (Verdict.PASS, Verdict.FAIL)
