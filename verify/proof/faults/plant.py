"""What can be planted: a mistake in the reference's code, or an entry of the table of mistakes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.trace import Subject

__all__ = ["ALL", "CAUGHT", "COLUMNS", "EQUIVALENT", "EXEMPT", "GOOD", "UNSEEN", "Outcome", "Plant"]
ALL = -1
"""In place of the number of a call or layer: every one of them."""


class Plant(ABC):
    """A mistake, and networks that have it.

    name: unique; about: one sentence; source: where it is known from; target: what is replaced;
    layers: those that have the mistake; cause: the id that it has among causes; check: the
    lifecycle check that must notice it, of mistakes of state; equivalent: the proof that it has no
    effect.
    """

    name: str
    about: str
    source: str
    target: str
    layers: str
    cause: str
    check: str
    equivalent: str

    @abstractmethod
    def job(self) -> Job:
        """A case that shows it."""

    @abstractmethod
    def right(self) -> Subject:
        """The same network without the mistake."""

    @abstractmethod
    def subject(self, call: int = ALL) -> AbstractContextManager[Subject]:
        """A network with the mistake, in one call or layer or in all."""

    @abstractmethod
    def calls(self, case: Case) -> int:
        """How many calls or layers of a run can have it alone."""


COLUMNS = (
    *("fault", "about", "source", "target", "variant", "expected_layers", "guilty_layers"),
    *("first_tensor", "cause", "diagnosis", "ratio", "caught_by", "visible_in", "verdict"),
)
CAUGHT, EQUIVALENT, EXEMPT = "caught", "equivalent", "not plantable"
UNSEEN = "no difference here"
"""Of a mistake that changes no number of the network it was to be planted in."""
GOOD = (CAUGHT, EQUIVALENT, EXEMPT, UNSEEN)


@dataclass(frozen=True)
class Outcome:
    """What the harness said of one planted mistake.  verdict: caught, equivalent, not plantable, no
    difference here, or what went wrong: survived, misblamed, misplaced (wrong first tensor),
    misdiagnosed, unexplained, not equivalent, plantable after all.  layers: those that had it."""

    fault: Plant
    verdict: str
    layers: str = ""
    variant: str = ""
    guilty: tuple[str, ...] = ()
    tensor: str = ""
    cause: str = ""
    diagnosis: str = ""
    ratio: float = float("nan")
    caught_by: str = ""
    visible_in: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """The harness said what it had to."""
        return self.verdict in GOOD

    def row(self) -> dict[str, Any]:
        """One row of faults.csv."""
        return {
            "fault": self.fault.name,
            "about": self.fault.about,
            "source": self.fault.source,
            "target": self.fault.target,
            "variant": self.variant,
            "expected_layers": self.layers,
            "guilty_layers": " ".join(self.guilty),
            "first_tensor": self.tensor,
            "cause": self.cause,
            "diagnosis": self.diagnosis or self.fault.equivalent,
            "ratio": self.ratio,
            "caught_by": self.caught_by,
            "visible_in": " ".join(self.visible_in),
            "verdict": self.verdict,
        }
