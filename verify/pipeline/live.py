"""Subjects that answer: asked case by case, judged as files are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verify.cases.case import Case
from verify.checks.outcome import Outcome
from verify.exchange.axes import Axes
from verify.exchange.conventions import as_trace
from verify.exchange.hints import misfits, told
from verify.exchange.layout import Layout
from verify.judge.trace import Trace
from verify.pipeline import undeclared
from verify.pipeline.repeats import beyond, known, unknown
from verify.pipeline.request import CheckRequest
from verify.subjects import seen
from verify.subjects.asked import Heard, cases
from verify.subjects.copies import copied
from verify.subjects.here import opened
from verify.subjects.limits import UNLIMITED, Noise, limiter
from verify.subjects.process import Asking, interview
from verify.subjects.program import answers
from verify.words import listed

__all__ = ["ALTERED", "GIVEN", "HANDED_BACK", "altered", "check_callable", "check_program",
           "judged"]  # fmt: skip


def check_callable(spec: str, asked: CheckRequest) -> Outcome:
    """Ask a Python callable, and judge.

    Raises:
        InputError: there is no such callable.
    """
    planned, layout = list(cases(asked.questions)), asked.source.layout

    def apart(case: Case, first: Trace, later: Trace) -> str:
        return beyond(case, layout, first, later)

    with opened(spec, asked.limits, layout, asked.secret) as subject:
        heard = interview(Asking(subject, apart, asked.reproducible), planned)
    heard.besides += seen.checks([*subject.seen, *copied(subject.seen)], asked.allow,
                                 heard.variant)  # fmt: skip
    for case, tensors in heard.tensors:
        heard.recognise(case, unknown(case, tensors, layout))
    return judged(heard, subject.noise, planned, asked)


def check_program(command: str, asked: CheckRequest) -> Outcome:
    """Run a program, and judge.

    Raises:
        InputError: it cannot be started.
    """
    planned = list(cases(asked.questions))
    heard, noise = answers(command, planned, asked.source.layout, asked.limits)
    return judged(heard, noise, planned, asked)


HANDED_BACK = "parameters come back as they were"
ALTERED = (
    "{} with other numbers than were handed over: weights after a step, or gradients under the"
    ' names of weights? Return gradients under names of their own, as "d" + name, and leave'
    " parameters out"
)


def altered(case: Case, tensors: Trace, layout: Layout) -> str:
    """What is wrong with parameters that are among the tensors; empty if nothing is."""
    _, ours = as_trace(case, tensors, layout)
    names = {layout.ours(name): name for name in tensors}
    changed = [names[name] for name, value in case.parameters.items()
               if name in ours and not np.array_equal(ours[name], value)]  # fmt: skip
    return (
        ALTERED.format(f"{listed(changed)} {'comes' if len(changed) == 1 else 'come'} back")
        if changed
        else ""
    )


GIVEN = (
    "given under the names and in the layouts of the mapping; one that turns ours itself is"
    ' declared by inputs = "ours" in [layout]'
)


def judged(heard: Heard, noise: Noise, planned: Sequence[Case], asked: CheckRequest) -> Outcome:
    """Every answer against the oracle, and what there is to say about the calls."""
    layout = asked.source.layout
    heard.unasked(asked.questions, planned)
    found: list[tuple[str, str]] = []
    for case, tensors in heard.tensors:
        heard.kinks(case)
        if wrong := altered(case, tensors, layout):
            heard.say(case, HANDED_BACK, wrong)
        found += misfits(Axes(case.arch, case.batch, layout), tensors)
    if found:
        heard.note("layouts", told(found))
    if not heard.tensors and not layout.plain and layout["inputs"] == "theirs":
        heard.note("inputs", GIVEN)
    if limiter(asked.limits.memory) is None:
        heard.note("limits", UNLIMITED)
    heard.withheld(known(heard.tensors, layout))
    return undeclared.judged(heard.tensors, asked, heard.checks(noise), len(planned), live=True)
