"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verify.checks.outcome import Outcome
from verify.cli.check_options import Command, parser, requested
from verify.cli.grades import Table, graded
from verify.cli.output import printed
from verify.pipeline.subject import heard
from verify.pipeline.usable import sound
from verify.proof.self_test import proved_gate
from verify.report import submission
from verify.report.folder import claimed
from verify.report.stamp import write_stamp

__all__ = ["judged", "main", "parser", "requested", "tabled", "told"]


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    command = requested(words)
    sound(command.request, command.asks)
    proved_gate()
    with claimed(command.out) as place:
        lines, status = told(command, place) if command.table is None else tabled(command, place)
    printed(*lines)
    return status


def told(command: Command, place: Path) -> tuple[list[str], int]:
    """One subject, judged into a place; what is to be printed, and the exit status."""
    (subject,) = command.subjects
    outcome = judged(subject, command, place)
    return [*submission.lines(outcome, command.out, command.again(subject))], outcome.status


def tabled(command: Command, place: Path) -> tuple[list[str], int]:
    """A line of a table for each subject; what is to be printed, and the exit status."""
    table = command.table or command.out
    beside = table.parent.resolve() == command.out.resolve()
    written = place / table.name if beside else table
    rows = graded(command.subjects, Table(table, written), place,
                  lambda subject, out: judged(subject, command, out))  # fmt: skip
    write_stamp(place, {"table": str(table), "seed": command.request.seed,
                        "subjects": list(command.subjects), "options": command.given.strip()}
                )  # fmt: skip
    return rows


def judged(subject: str, command: Command, out: Path) -> Outcome:
    """What one subject comes to; its rows are in a folder."""
    outcome = heard(subject, command.request, command.program, command.map)
    submission.write(outcome, out, command.again(subject))
    write_stamp(out, {"command": command.again(subject), "cases": len(outcome.findings)})
    return outcome
