"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from verify.checks.outcome import Outcome
from verify.checks.score import Points
from verify.cli.check_options import Command, parser, requested
from verify.cli.grades import Table, graded
from verify.cli.output import printed
from verify.cli.telling import Telling, telling
from verify.errors import InputError
from verify.exchange.entries import entered
from verify.exchange.points import read_points
from verify.exchange.readings import architecture
from verify.pipeline.subject import heard
from verify.pipeline.usable import network, sound
from verify.proof.self_test import proved_gate
from verify.report import kept, page, submission
from verify.report.account import account
from verify.report.folder import claimed
from verify.report.stamp import write_stamp

__all__ = [
    "answered",
    "entered_or_heard",
    "judged",
    "judged_into",
    "main",
    "parser",
    "requested",
    "tabled",
    "told",
    "worth",
]


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    with telling("check", words) as teller:
        return answered(words, teller)


def answered(words: Sequence[str], teller: Telling) -> int:
    """The exit status; what was found is left with the teller."""
    command = requested(words)
    teller.outputs = command.outputs
    teller.subject = command.subjects[0] if command.table is None else ""
    sound(command.request, command.asks)
    if command.html:
        page.installed()
    proved_gate()
    with claimed(command.out) as place:
        if command.table is None:
            lines, status = told(command, place, teller)
        else:
            lines, status = tabled(command, place)
    printed(*lines)
    return status


def told(command: Command, place: Path, teller: Telling) -> tuple[list[str], int]:
    """One subject, judged into a place; what is to be printed, and the exit status."""
    (subject,) = command.subjects
    outcome = judged(subject, command, place)
    if teller.wanted:
        teller.told = account(outcome, command.again(subject), subject)
    return [*submission.lines(outcome, command.out, command.again(subject))], outcome.status


def tabled(command: Command, place: Path) -> tuple[list[str], int]:
    """A line of a table for each subject; what is to be printed, and the exit status."""
    table = command.table or command.out
    beside = table.parent.resolve() == command.out.resolve()
    written = place / table.name if beside else table
    asked = command.grading
    book = Table(table, written, worth(command), asked.feedback, asked.shows_expected, asked.jobs,
                 asked.dask)  # fmt: skip
    rows = graded(command.subjects, book, place,
                  partial(judged_into, command=command))  # fmt: skip
    write_stamp(place, {"table": str(table), "seed": command.request.seed,
                        "subjects": list(command.subjects), "options": command.given.strip()}
                )  # fmt: skip
    return rows


def worth(command: Command) -> Points | None:
    """What each tensor is worth, if somebody says so.

    Raises:
        InputError: of an unknown network nothing can be said.
    """
    path = command.grading.points
    if path is None:
        return None
    arch = network(command.request)
    if arch is None:
        raise InputError("of which network?", where="--points",
                         fix="add --variant modern, or --network NAME|FILE.toml")  # fmt: skip
    return read_points(path, architecture(arch, command.request.source.layout))


def judged_into(subject: str, out: Path, command: Command) -> Outcome:
    """The same; a process elsewhere finds it by its name."""
    return judged(subject, command, out)


def judged(subject: str, command: Command, out: Path) -> Outcome:
    """What one subject comes to; its rows are in a folder."""
    outcome = entered_or_heard(subject, command)
    again = command.again(subject)
    submission.write(outcome, out, again)
    if command.html or command.table is None:  # of a whole class that would be much
        kept.write(page.kept(outcome, again), out)
    about = {"subject": subject, "command": again, "cases": len(outcome.findings)}
    page.finished(out, about, command.html)
    return outcome


def entered_or_heard(subject: str, command: Command) -> Outcome:
    """What one subject comes to: itself, or the file that is looked for in it."""
    entry = command.grading.entry
    if not entry:
        return heard(subject, command.request, command.program, command.map)
    with entered(Path(subject), entry) as (found, unpacked):
        outcome = heard(found, command.request, False, command.map)
    told = [replace(check, detail=check.detail.replace(unpacked, subject))
            for check in outcome.checks]  # fmt: skip
    return replace(outcome, checks=tuple(told))
