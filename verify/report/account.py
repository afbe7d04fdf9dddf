"""All there is to tell of a run or a submission, for files that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from verify.checks.check import Check
from verify.checks.outcome import Outcome, status
from verify.errors import DIFFERENT, INTERNAL, PASSED, UNUSABLE
from verify.judge.conclude.common import Common
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.report.frame import frame
from verify.report.screen import beside
from verify.report.tables import Tables

__all__ = ["WORDS", "Account", "Failure", "account", "blamed", "word"]

WORDS = {PASSED: "pass", DIFFERENT: "fail", UNUSABLE: "unusable", INTERNAL: "error"}
"""An exit status as a word."""


def word(status: int) -> str:
    """What an exit status says; one that is none of ours is that of an interrupt."""
    return WORDS.get(status, "interrupted")


@dataclass(frozen=True)
class Account:
    """What was judged, and what it comes to.

    layers: the rows of layers.csv; rows: those of diff.csv, in chunks; apart: the layers that are
    left where none has an own error, in groups of which each holds a mistake; one: the cause
    behind all that fails; again: the command that repeats it; rerun: the same for a row, empty
    where each has a command of its own; seconds: it took.
    """

    tally: Tally
    checks: tuple[Check, ...]
    layers: pd.DataFrame
    cases: int
    rows: tuple[pd.DataFrame, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    one: Common | None = None
    again: str = ""
    rerun: str = ""
    subject: str = ""
    seconds: float = 0.0

    @property
    def status(self) -> int:
        """Exit status."""
        return status(self.tally, self.checks)

    @property
    def broken(self) -> list[Check]:
        """Checks that do not hold."""
        return [check for check in self.checks if not check.passed]


@dataclass(frozen=True)
class Failure:
    """Nothing was judged.  message: why, in one line; again: the command."""

    status: int
    message: str
    again: str = ""


def account(outcome: Outcome, again: str, subject: str = "") -> Account:
    """Of one submission.  again: the command that repeats the check."""
    every = [finding for _, each in outcome.findings for finding in each]
    compared = frame(f for f in every if f.verdict is not Verdict.ABSENT)
    return Account(
        tally=outcome.tally,
        checks=outcome.checks,
        layers=Tables([compared]).layers(outcome.tally.order),
        cases=len(outcome.findings),
        rows=(frame(every, again),),
        apart=outcome.apart,
        one=outcome.conclusions.one,
        again=again,
        rerun=again,
        subject=subject,
    )


def blamed(tally: Tally) -> Iterator[Finding]:
    """What a person should look at: of each network the first finding that fails, then, of each
    layer with an own error, one for each cause."""
    for variant in tally.variants():
        if variant in tally.first:
            yield tally.first[variant]
            yield from beside(tally, variant)
