"""Subjects judged, each once in a process and when its first test runs; what a test comes to."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from lenet_ref.errors import LeNetError
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.plugin import told
from verify.plugin.request import Asked, Place
from verify.report.screen import NOTHING

__all__ = ["CALLS", "Bench", "Said", "Sitting"]
CALLS: dict[str, tuple[str, ...]] = {
    "answers": ("answers", "returns arrays", "returns tensors", "writes readable tensors"),
    "arguments": ("arguments unchanged",),
    "state": ("same call twice", "same call after another batch"),
    "names": ("names are known",),
    "tensors": ("the same tensors in every case",),
    "conventions": (),
    "other": (),
}
"""Tests that are not one tensor's: the questions that each is about.  A convention is a check of
that kind; whatever has no test of its own is the last one's."""


@dataclass(frozen=True)
class Said:
    """What one test comes to: lines of a failure, or why there is nothing to say."""

    failure: str = ""
    skipped: str = ""


@dataclass
class Sitting:
    """One subject, judged.  outcome: None where it could not be, and error says why; told: some
    test of this process has failed because of what was not answered."""

    asked: Asked
    outcome: Outcome | None = None
    error: str = ""
    found: dict[tuple[Place, str], Finding] = field(default_factory=dict)
    told: bool = False

    def tensor(self, place: Place, tensor: str, alone: bool) -> Said:
        """A tensor of a case.  alone: no test of this run says that the subject did not answer."""
        finding = self.found.get((place, tensor))
        if finding is not None:
            return self._of(finding)
        if self.outcome is not None and (reason := told.unasked(self.outcome, place)):
            return Said(skipped=reason)
        why = self.error or told.unanswered(self.outcome, place)
        self.told |= alone
        return Said(failure=why) if alone else Said(skipped=why)

    def calls(self, about: str) -> Said:
        """Checks of a kind."""
        lines = [*self._calls(about)]
        self.told |= about == "answers" and bool(lines)
        return Said("\n".join([*lines, f"  rerun: {self.asked.again}"])) if lines else Said()

    def _of(self, finding: Finding) -> Said:
        if finding.failed and self.outcome is not None:
            return Said(told.failure(finding, self.outcome, self.asked.again))
        if finding.verdict in (Verdict.ABSENT, Verdict.UNVERIFIED):
            return Said(skipped=told.skipped(finding))
        return Said()

    def _calls(self, about: str) -> Iterator[str]:
        if about == "answers" and (self.error or self.outcome is None):
            yield self.error
        if self.outcome is None:
            return
        yield from (told.check(each) for each in self.outcome.checks
                    if not each.passed and _about(each) == about)  # fmt: skip
        if about == "answers" and self.outcome.empty:
            yield NOTHING
        if about == "other":
            known = {(place, name) for place in self.asked.places for name in self.asked.tensors}
            yield from (told.failure(finding, self.outcome, self.asked.again)
                        for key, finding in self.found.items()
                        if key not in known and finding.failed)  # fmt: skip


def _about(check: Check) -> str:
    if check.name == "convention":
        return "conventions"
    question = check.subject.partition(" (")[0]
    return next((kind for kind, known in CALLS.items() if question in known), "other")


class Bench:
    """Every subject of a process."""

    def __init__(self) -> None:
        self.sittings: dict[str, Sitting] = {}

    def sitting(self, asked: Asked) -> Sitting:
        """A subject, judged if it was not."""
        name = asked.named.name
        if name not in self.sittings:
            self.sittings[name] = _judged(asked)
        return self.sittings[name]


def _judged(asked: Asked) -> Sitting:
    """Warnings of torch are not those of the tests that this one stands among."""
    from verify.pipeline.subject import heard
    from verify.proof.self_test import proved_gate

    named = asked.named
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proved_gate()
        try:
            outcome = heard(named.subject, asked.request, named.flag("program"), named.flag("map"))
        except LeNetError as error:
            return Sitting(asked, error=told.spoken(str(error)))
    every = (finding for _, each in outcome.findings for finding in each)
    found = {((f.case.regime, f.case.batch), f.step.tensor): f for f in every}
    return Sitting(asked, outcome, found=found)
