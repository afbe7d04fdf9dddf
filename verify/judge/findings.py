"""A finding: the outcome for one tensor of one case, one row of diff.csv."""

from __future__ import annotations

from dataclasses import dataclass

from verify.cases.case import Case
from verify.expected.step import Step
from verify.judge.compare import Comparison
from verify.judge.reasons import Reason, RestsOn, Shape
from verify.judge.verdict import Verdict

__all__ = ["Cause", "Finding", "Judgement", "Nearest"]


@dataclass(frozen=True)
class Judgement:
    """One of the two errors of a tensor: verdict, rule, numbers (None when nothing could be
    compared) and the reason (None of a pass).  proved: beyond the bound of a free run, but own
    errors show that no layer is wrong: a maximum or a mask was turned by rounding."""

    verdict: Verdict
    rule: str = ""
    terms: str = ""
    comparison: Comparison | None = None
    reason: Reason | None = None
    flips: int = 0
    proved: bool = False


@dataclass(frozen=True)
class Cause:
    """The hypothesis that explains a failing tensor.  name: stable id; text: for people; reason:
    what says so, where it is not the numbers; options: the ids of all that these numbers cannot
    tell apart, where there are several (name is the first of them, and no better than the others:
    a case of another batch may leave fewer); factor: of the reference, where that is all."""

    name: str
    text: str
    reason: Reason | None = None
    options: tuple[str, ...] = ()
    factor: float | None = None

    @property
    def names(self) -> frozenset[str]:
        """The ids of all that it may be."""
        return frozenset(self.options or (self.name,))


@dataclass(frozen=True)
class Nearest:
    """Of a failing tensor without a cause: the reference times ``factor`` leaves the part ``left``
    of it, by norm.  Said where that explains at least half of the error."""

    factor: float
    left: float


@dataclass(frozen=True)
class Finding:
    """own: against the oracle's layer fed the subject's inputs; inherited: against the
    oracle's free run; to_truth: distances of subject and oracle from a more precise evaluation
    of the same formula on the same inputs; cause: named by verify.mistakes.diagnosis, if any
    fits; nearest: where none does, what comes nearest; shape: of the tensor; taken: the shape it
    was handed over in, if that was another but for axes of length 1; rests_on: what a right own
    error was fed that was itself not verified."""

    case: Case
    step: Step
    own: Judgement
    inherited: Judgement
    shape: Shape = ()
    subject_to_truth: float = float("nan")
    oracle_to_truth: float = float("nan")
    cause: Cause | None = None
    nearest: Nearest | None = None
    taken: Shape | None = None
    rests_on: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What fails first; else a pass if either error was verified in every element, an own one
        on verified inputs."""
        own, inherited = self.own.verdict, self.inherited.verdict
        if own is Verdict.PASS and self.rests_on:
            own = Verdict.UNVERIFIED
        if own is inherited:
            return own
        for verdict in (own, inherited):
            if verdict.failing:
                return verdict
        for verdict in (Verdict.PASS, Verdict.UNVERIFIED):
            if verdict in (own, inherited):
                return verdict
        return Verdict.ABSENT

    @property
    def verified(self) -> int:
        """Elements that could not have been wrong by their size."""
        judged = (self.own, self.inherited)
        return max((j.comparison.verified for j in judged if j.comparison is not None), default=0)

    @property
    def failed(self) -> bool:
        """Anything but a pass."""
        return self.verdict.failing

    @property
    def guilty(self) -> bool:
        """The error arises here, whatever came before."""
        return self.own.verdict.guilty

    @property
    def shown(self) -> Comparison | None:
        """The numbers of the own error, or of the inherited one where that is what fails."""
        return (self.own if self.guilty else self.inherited).comparison

    @property
    def reason(self) -> Reason | None:
        """Why the row is no pass; None if it is one."""
        own, inherited = self.own.verdict, self.inherited.verdict
        if self.verdict is Verdict.PASS:
            return None
        if self.rests_on and not inherited.failing:
            return RestsOn(self.rests_on)
        mine = own.failing or (own is Verdict.UNVERIFIED and not inherited.failing)
        return self.own.reason if mine else self.inherited.reason
