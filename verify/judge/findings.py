"""A finding: the outcome for one tensor of one case, one row of diff.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from verify.cases.case import Case
from verify.expected.steps import Step
from verify.judge.compare import Comparison

Verdict = Literal[
    "pass", "fail", "mistrusted", "missing", "error", "disputed", "unverified", "absent"
]
FAILING = ("fail", "mistrusted", "missing", "error", "disputed")
"""unverified: compared, but the bound reaches the size of some elements; absent: not compared.
Neither fails by itself, and neither acquits; both fail what is required."""


@dataclass(frozen=True)
class Judgement:
    """One of the two errors of a tensor: verdict, rule, numbers (None when nothing could be
    compared) and, for people, the reason.  proved: beyond the bound of a free run, but own errors
    show that no layer is wrong: a maximum or a mask was turned by rounding."""

    verdict: Verdict
    rule: str = ""
    terms: str = ""
    comparison: Comparison | None = None
    reason: str = ""
    flips: int = 0
    proved: bool = False


@dataclass(frozen=True)
class Cause:
    """The hypothesis that explains a failing tensor.  name: stable id; text: for people."""

    name: str
    text: str


@dataclass(frozen=True)
class Finding:
    """own: against the oracle's layer fed the subject's inputs; inherited: against the
    oracle's free run; to_truth: distances of subject and oracle from a more precise evaluation
    of the same formula on the same inputs; cause: named by verify.mistakes.diagnosis, if any
    fits; note: what was taken as equal though it is not the same, such as axes of length 1;
    rests_on: what a right own error was fed that was itself not verified."""

    case: Case
    step: Step
    own: Judgement
    inherited: Judgement
    shape: tuple[int, ...] = ()
    subject_to_truth: float = float("nan")
    oracle_to_truth: float = float("nan")
    cause: Cause | None = None
    note: str = ""
    rests_on: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What fails first; else a pass if either error was verified in every element, an own one
        on verified inputs."""
        own, inherited = self.own.verdict, self.inherited.verdict
        if own == "pass" and self.rests_on:
            own = "unverified"
        for verdict in (own, inherited):
            if verdict in FAILING:
                return verdict
        if "pass" in (own, inherited):
            return "pass"
        return "unverified" if "unverified" in (own, inherited) else "absent"

    @property
    def verified(self) -> int:
        """Elements that could not have been wrong by their size."""
        judged = (self.own, self.inherited)
        return max((j.comparison.verified for j in judged if j.comparison is not None), default=0)

    @property
    def failed(self) -> bool:
        """Anything but a pass."""
        return self.verdict in FAILING

    @property
    def guilty(self) -> bool:
        """The error arises here, whatever came before."""
        return self.own.verdict in ("fail", "missing", "error")

    @property
    def reason(self) -> str:
        """Why the row is no pass, in a few words."""
        own, inherited = self.own.verdict, self.inherited.verdict
        if self.verdict == "pass":
            return ""
        if self.rests_on and inherited not in FAILING:
            return f"right on {', '.join(self.rests_on)}, which was not verified"
        mine = own in FAILING or (own == "unverified" and inherited not in FAILING)
        return self.own.reason if mine else self.inherited.reason
