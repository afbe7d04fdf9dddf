"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verify.cases import idx
from verify.cases.machine import must_fit
from verify.checks.outcome import Outcome
from verify.cli.check_options import Command, parser, requested
from verify.cli.grades import Table, graded
from verify.cli.output import printed
from verify.errors import InputError
from verify.exchange.hints import check_targets
from verify.exchange.load import described_case
from verify.exchange.readings import architecture
from verify.expected.steps import steps
from verify.pipeline.request import CheckRequest
from verify.pipeline.subject import heard
from verify.proof.self_test import proved_gate
from verify.report import kept, page, submission
from verify.report.folder import claimed
from verify.report.stamp import write_stamp
from verify.words import nearest

__all__ = ["judged", "main", "parser", "requested", "sound", "tabled", "told"]


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    command = requested(words)
    sound(command.request, command.asks)
    if command.html:
        page.installed()
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


def sound(request: CheckRequest, live: bool) -> None:
    """The mistakes that are the operator's and no subject's, found before any is judged.

    Raises:
        InputError: options, mapping, golden folder, digits or weights cannot be used, or not
            together.
    """
    source, arch = request.source, request.source.arch
    if source.case is not None and (case := described_case(source.case, source)) is not None:
        arch = case.arch
    check_targets(source.layout, arch)
    if arch is not None:
        arch = architecture(arch, source.layout)
    if source.variant is not None and arch is not None:
        questions = request.questions
        must_fit(arch, max(batch for _, batch in questions.plan), "--batch, --option")
        if live:
            questions.given()
            idx.read_digits(request.data)
    if arch is not None and request.tensor:
        known = [step.tensor for step in steps(arch)]
        if request.tensor not in known:
            raise InputError("no such tensor", where="--tensor", got=request.tensor,
                             expected=nearest(request.tensor, known))  # fmt: skip


def judged(subject: str, command: Command, out: Path) -> Outcome:
    """What one subject comes to; its rows are in a folder."""
    outcome = heard(subject, command.request, command.program, command.map)
    again = command.again(subject)
    submission.write(outcome, out, again)
    if command.html or command.table is None:  # of a whole class that would be much
        kept.write(page.kept(outcome, again), out)
    about = {"subject": subject, "command": again, "cases": len(outcome.findings)}
    write_stamp(out, about)
    if command.html:
        page.write(out)
        write_stamp(out, about)  # with the page among its files
    return outcome
