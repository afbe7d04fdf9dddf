"""One mistake handed in in one way, and what became of it: a row of levels.csv."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from verify.proof.faults.evidence import OUTSIDE

__all__ = ["ALARM", "ALONE", "BAD", "CAUGHT", "COLUMNS", "CRASHED", "EXCUSED", "INVISIBLE",
           "NOBODY", "OUTCOMES", "PASSED", "RIGHT", "UNVERIFIABLE", "Trial"]  # fmt: skip
CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED = "caught", "not verifiable", "invisible", "PASSED"
RIGHT, ALARM = "right", "FALSE ALARM"
OUTCOMES = (CAUGHT, UNVERIFIABLE, INVISIBLE, PASSED)
CRASHED = "judge crashed"
ALONE = ", one call"
"""After a level: the mistake is in one layer alone, where our layers share its function."""
EXCUSED = ", excused"
"""After a level: the mistake is only in elements where the judge's bounds excuse it."""
BAD = (PASSED, ALARM, CRASHED)
NOBODY = "(right)"
"""Name under which the reference without a mistake is handed in."""


@dataclass(frozen=True)
class Trial:
    """One mistake handed in one way.

    outcome: caught, some row failed; PASSED, a tensor that is not the right one has a row that
    says pass and none failed; not verifiable, such tensors' rows say that they were not verified,
    and fail where they are required; invisible, nothing handed over differs by more than
    rounding.  Of what is right: right, or FALSE ALARM.  Of a judge that raises: judge crashed.
    moved: tensors that differ; tensor, verdict: the row that decides; passing: of the tensors that
    differ, those whose row says pass though no own error speaks for them; small: elements in rows
    that pass that are off by more than rounding of their own size.
    """

    fault: str
    variant: str
    case: str
    convention: str
    level: str
    outcome: str
    moved: int = 0
    tensor: str = ""
    verdict: str = ""
    passing: int = 0
    small: int = 0
    blame: str = ""
    blamed: str = ""
    explained: str = ""
    causes: int = 0
    false: str = ""
    about: str = ""

    @property
    def bad(self) -> bool:
        """Wrongly judged, wrongly blamed, or a false cause offered."""
        return self.outcome in BAD or self.blame == OUTSIDE or bool(self.false)

    def row(self) -> dict[str, Any]:
        """One row of levels.csv."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(field.name for field in fields(Trial))
