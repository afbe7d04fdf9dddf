"""What there is to tell of a whole submission: files, lines on the screen, a line of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.judge.verdict import Verdict
from verify.report import checks as check_rows
from verify.report import conclusions, screen
from verify.report.files import write_csv
from verify.report.frame import frame
from verify.report.left import apart, left
from verify.report.reasons import each_of, explained, unexplained
from verify.report.rows import COLUMNS
from verify.report.tables import Tables
from verify.words import listed

__all__ = ["FOUND", "MOST", "cause", "causes", "every_cause", "grade", "judged", "lines", "write"]

FOUND = ("network", "mapping")
"""What may be found where it was not said."""
MOST = 30
"""Causes of a cell."""


def write(outcome: Outcome, out: Path, again: str) -> None:
    """diff.csv and checks.csv.  again: the command that repeats the check."""
    every = [finding for _, each in outcome.findings for finding in each]
    write_csv(out / "diff.csv", COLUMNS, frame(every, again))
    write_csv(out / "checks.csv", check_rows.COLUMNS, map(check_rows.row, outcome.checks))


def lines(outcome: Outcome, out: Path | None, again: str) -> Iterator[str]:
    """Tables, conclusions, and two closing lines.  out: where the report lies, if anywhere."""
    tally, found, checks = outcome.tally, outcome.conclusions, outcome.checks
    yield from (f"note: {check.note}" for check in checks if check.note and _taken(check))
    if tally.rows:
        yield from (_table(outcome), "")
    yield from conclusions.told(found)
    yield from screen.failures(tally, _otherwise(outcome), again, found.one is None)
    yield from left(outcome)
    yield from screen.broken(checks)
    yield from (f"note: {check.note}" for check in checks if check.note and not _taken(check))
    if outcome.empty and not screen.broken(checks):
        yield screen.NOTHING
    yield from conclusions.notes(found)
    yield from conclusions.too_blunt(found)
    yield from conclusions.not_verified(found)
    yield judged(outcome) + (f"; report in {out}" if out else "")
    yield screen.closing(tally, checks, len(outcome.findings))


def _taken(check: Check) -> bool:
    """It says under what the verdict stands: the network, the mapping that was found."""
    return check.name == "subject" and check.subject in FOUND


def _table(outcome: Outcome) -> str:
    every = (finding for _, each in outcome.findings for finding in each)
    compared = frame(f for f in every if f.verdict is not Verdict.ABSENT)
    return screen.tables(Tables([compared]).layers(outcome.tally.order))


def _otherwise(outcome: Outcome) -> str:
    """What to say where no layer has an own error."""
    if outcome.suspects:
        return "guilty layer: " + each_of(outcome.apart)
    incomplete = outcome.tally.failed and not outcome.guilty
    return "not complete" if incomplete else "no layer has an own error"


def judged(outcome: Outcome) -> str:
    """How much of what was asked for was found right or wrong."""
    return f"{outcome.judged} of {outcome.tensors} tensors judged ({outcome.percent}%)"


def cause(outcome: Outcome) -> str:
    """All causes in one line."""
    return "; ".join(causes(outcome))


def causes(outcome: Outcome) -> tuple[str, ...]:
    """The one cause of all, else those of the guilty layers, that of the first failing row first,
    and every check that does not hold."""
    broken = [f"{c.subject}: {check_rows.mended(c)}" for c in outcome.checks if not c.passed]
    if outcome.conclusions.one is not None:
        return (conclusions.common(outcome.conclusions.one), *broken)
    first, told = outcome.first, []
    if first is not None:
        why = explained(first) if first.shown is None else unexplained(first)
        told = [explained(first) if first.cause else f"{first.step.tensor}: {why}"]
        told += [explained(finding) for finding in apart(outcome) if finding.cause]
        for layer in outcome.tally.guilty(outcome.variant):
            others = outcome.tally.blamed[outcome.variant, layer].values()
            told += [explained(f) for f in others if f is not first and f.cause]
    return tuple(dict.fromkeys([*told, *broken]))


def every_cause(outcome: Outcome) -> list[str]:
    """Every cause that was found, of whatever tensor, that of all first."""
    one = outcome.conclusions.one
    told = [] if one is None else [conclusions.common(one)]
    told += [explained(f) for _, each in outcome.findings for f in each if f.failed and f.cause]
    return list(dict.fromkeys(told))


def grade(outcome: Outcome) -> dict[str, Any]:
    """A line of grades.csv, without the submission's name and the verdict."""
    guilty = outcome.guilty
    return {
        "status": outcome.status,
        "guilty_layers": " ".join(guilty),
        "suspects": "" if guilty else "; ".join(map(" ".join, outcome.apart)),
        "first_tensor": "" if outcome.first is None else outcome.first.step.tensor,
        "cause": cause(outcome),
        "failed": outcome.tally.failed,
        "causes": listed(every_cause(outcome), MOST),
        "judged": outcome.judged,
        "tensors": outcome.tensors,
        "share": f"{outcome.share:.3f}",
    }
