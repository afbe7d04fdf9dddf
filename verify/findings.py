"""A finding: the outcome for one tensor of one case, one row of diff.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from verify.cases import Case
from verify.compare import Comparison
from verify.steps import Step

Verdict = Literal["pass", "fail", "mistrusted", "missing", "error", "disputed", "absent"]
FAILING = ("fail", "mistrusted", "missing", "error", "disputed")


@dataclass(frozen=True)
class Judgement:
    """One of the two errors of a tensor: verdict, rule, numbers (None when nothing could be
    compared) and, for people, the reason."""

    verdict: Verdict
    rule: str = ""
    terms: str = ""
    comparison: Comparison | None = None
    reason: str = ""
    flips: int = 0


@dataclass(frozen=True)
class Cause:
    """The hypothesis that explains a failing tensor.  name: stable id; text: for people."""

    name: str
    text: str


@dataclass(frozen=True)
class Finding:
    """own: against the oracle's layer fed the subject's inputs; inherited: against the
    oracle's free run; to_truth: distances of subject and oracle from a more precise evaluation
    of the same formula on the same inputs; cause: named by verify.diagnose, if any fits."""

    case: Case
    step: Step
    own: Judgement
    inherited: Judgement
    shape: tuple[int, ...] = ()
    subject_to_truth: float = float("nan")
    oracle_to_truth: float = float("nan")
    cause: Cause | None = None

    @property
    def verdict(self) -> Verdict:
        """The own verdict if it fails, else the inherited one; absent when nothing was supplied
        and nothing was required."""
        settled = self.own.verdict in ("pass", "absent")
        return self.inherited.verdict if settled else self.own.verdict

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
        """Why the row failed, in a few words."""
        decisive = self.own if self.own.verdict in FAILING else self.inherited
        return "" if decisive.verdict == "pass" else decisive.reason
