"""The way of one subject through all rooms: asked or read, judged, and told what would fit.

Used by the command line, the Python API and the plugin for pytest alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lenet_ref.door import exists
from lenet_ref.errors import ShapeError
from verify.cases.case import Case
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.files import Raw, ignored, looked_through, read_as
from verify.exchange.hints import misfits
from verify.exchange.hints import told as grouped
from verify.exchange.layout import Layout
from verify.exchange.load import Room, described_case, load
from verify.pipeline import undeclared
from verify.pipeline.request import CheckRequest
from verify.subjects.here import Held
from verify.subjects.limits import LATE
from verify.words import listed

__all__ = ["fitting", "heard", "is_callable", "judged_alone", "needs_network", "notes"]


def is_callable(word: str) -> bool:
    """module:callable or file.py:callable, and not a path that happens to hold a colon; or a
    function that is an object of this process."""
    return isinstance(word, Held) or (":" in word and not exists(Path(word)))


def heard(
    subject: str, request: CheckRequest, program: bool = False, mapped: bool = False
) -> Outcome:
    """One subject, asked or read, and judged.

    Args:
        subject: a folder or file of arrays, ``module:callable``, ``file.py:callable``, or, with
            program, a command; mapped: with names and layouts as they are proposed.
    Raises:
        LeNetError: it cannot be judged.
    """
    answers = "program" if program else "callable" if is_callable(subject) else ""
    if not answers:
        subject = str(looked_through(Path(subject)))
    if not (mapped or needs_network(subject, answers, request)):
        return fitting(subject, answers, request)
    from verify.pipeline import unsaid  # who says everything needs none of it

    request, said = unsaid.settled(subject, answers, request, mapped)
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
