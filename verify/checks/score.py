"""Points: what a submission earns of what was required, tensor by tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verify.checks.outcome import Outcome
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

__all__ = ["Points", "Score", "scored"]
Points = Mapping[str, float]
"""Of each tensor that is required, in the order of the network."""


@dataclass(frozen=True)
class Score:
    """points: earned, of all that could be; lost: the tensors that earned nothing; undecided: those
    of which the judge itself cannot say whether they are right; they earn theirs."""

    points: float
    of: float
    lost: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Part of what was required that was earned."""
        return self.points / self.of


def scored(outcome: Outcome | None, points: Points) -> Score:
    """Sum the points of the tensors that are right in every case asked; None: nothing is."""
    verdicts = {name: _verdict(outcome, name) for name in points}
    lost = tuple(name for name, found in verdicts.items() if found is Verdict.FAIL)
    unknown = tuple(name for name, found in verdicts.items() if found is Verdict.UNVERIFIED)
    earned = math.fsum(value for name, value in points.items() if name not in lost)
    return Score(earned, math.fsum(points.values()), lost, unknown)


def _verdict(outcome: Outcome | None, tensor: str) -> Verdict:
    """PASS: right wherever that can be said, and in some case; FAIL; UNVERIFIED: neither."""
    if outcome is None or len(outcome.findings) < outcome.asked:
        return Verdict.FAIL
    found = {_of_one(tensor, each) for _, each in outcome.findings}
    for verdict in (Verdict.FAIL, Verdict.PASS):
        if verdict in found:
            return verdict
    return Verdict.UNVERIFIED if found else Verdict.FAIL


def _of_one(tensor: str, findings: Sequence[Finding]) -> Verdict:
    """Of one case.  A right own error counts, whatever came before; where the judge has no
    verdict on it, a wrong number still is one, unless PyTorch is what is wrong."""
    finding = next((f for f in findings if f.step.tensor == tensor), None)
    if finding is None:
        return Verdict.FAIL
    own, inherited = finding.own.verdict, finding.inherited.verdict
    if Verdict.PASS in (own, finding.verdict):
        return Verdict.PASS
    if own is Verdict.DISPUTED:
        return Verdict.UNVERIFIED
    told = (Verdict.UNVERIFIED, Verdict.MISTRUSTED, Verdict.DISPUTED)
    neither = finding.verdict in told and not inherited.guilty
    return Verdict.UNVERIFIED if neither else Verdict.FAIL
