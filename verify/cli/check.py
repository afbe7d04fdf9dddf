"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lenet_ref.errors import ShapeError
from verify.cases import idx
from verify.cases.case import Case
from verify.cases.machine import must_fit
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.cli.check_options import Command, parser, requested
from verify.cli.grades import Table, graded, is_callable
from verify.cli.output import printed
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.files import Raw, ignored, looked_through, read_as
from verify.exchange.hints import check_targets, misfits
from verify.exchange.hints import told as grouped
from verify.exchange.layout import Layout
from verify.exchange.load import Room, described_case, load
from verify.exchange.readings import architecture
from verify.expected.steps import steps
from verify.pipeline import undeclared
from verify.pipeline.request import CheckRequest
from verify.proof.self_test import proved_gate
from verify.report import submission
from verify.report.folder import claimed
from verify.report.stamp import write_stamp
from verify.subjects.limits import LATE
from verify.words import listed, nearest

__all__ = [
    "fitting",
    "heard",
    "judged",
    "judged_alone",
    "main",
    "needs_network",
    "notes",
    "parser",
    "requested",
    "sound",
    "tabled",
    "told",
]


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
    outcome = heard(subject, command)
    submission.write(outcome, out, command.again(subject))
    write_stamp(out, {"command": command.again(subject), "cases": len(outcome.findings)})
    return outcome


def heard(subject: str, command: Command) -> Outcome:
    """One subject, asked or read, and judged."""
    answers = "program" if command.program else "callable" if is_callable(subject) else ""
    if not answers:
        subject = str(looked_through(Path(subject)))
    if not (command.map or needs_network(subject, answers, command.request)):
        return fitting(subject, answers, command.request)
    from verify.pipeline import unsaid  # who says everything needs none of it

    request, said = unsaid.settled(subject, answers, command.request, command.map)
    outcome = judged_alone(subject, answers, request)
    return replace(outcome, checks=(*said, *outcome.checks))


def fitting(subject: str, answers: str, request: CheckRequest) -> Outcome:
    """Under what was said of it; of what does not fit it is said which network would.

    Raises:
        LeNetError: it cannot be judged.
    """
    try:
        outcome = judged_alone(subject, answers, request)
    except ShapeError as error:
        from verify.pipeline import unsaid

        would = unsaid.instead(subject, answers, request)
        raise InputError(f"{error}{'; ' * bool(would)}{would}") from None
    late = any(LATE in check.detail for check in outcome.checks if not check.passed)
    if outcome.judged or not answers or late:
        return outcome
    from verify.pipeline import unsaid

    would = unsaid.instead(subject, answers, request)
    note = Check("subject", request.source.variant or "", "network", True, would)
    return replace(outcome, checks=(*outcome.checks, note)) if would else outcome


def needs_network(subject: str, answers: str, request: CheckRequest) -> bool:
    """No network was said, and no manifest says one."""
    if request.source.variant is not None:
        return False
    return bool(answers) or described_case(Path(subject), request.source) is None


def judged_alone(subject: str, answers: str, request: CheckRequest) -> Outcome:
    """Under what was said of it."""
    if answers:
        from verify.pipeline import live  # a dump needs none of the processes

        ask = live.check_program if answers == "program" else live.check_callable
        return ask(subject, request)
    source, path = request.source, Path(subject)
    case, arrays = load(path, source)
    beside = [*notes(path, case, arrays, source.layout)]
    return undeclared.judged([(case, arrays)], request, beside)


def notes(path: Path, case: Case, arrays: Raw, layout: Layout) -> Iterator[Check]:
    """What is to be mentioned of files: those that were not read, and layouts that would fit."""
    variant = case.arch.variant
    if left := ignored(path, Room(case.arch, case.batch, layout)):
        yield Check("subject", variant, "array files", True, f"ignored: {listed(left)}")
    if said := read_as(arrays, case, layout):
        yield Check("subject", variant, "numbers", True, said)
    if found := grouped(misfits(Axes(case.arch, case.batch, layout), arrays)):
        yield Check("subject", variant, "layouts", True, found)
