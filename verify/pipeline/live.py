"""Subjects that answer: asked case by case, judged as files are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from verify.cases.case import Case
from verify.exchange.layout import PLAIN
from verify.judge.trace import Trace
from verify.pipeline.repeats import beyond, known
from verify.pipeline.submission import Verdict, concluded, judge_dump, unknown
from verify.subjects.asked import Heard, cases
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Noise
from verify.subjects.process import Asking, interview
from verify.subjects.program import answers


def check_callable(spec: str, asked: argparse.Namespace, again: str) -> Verdict:
    """Ask a Python callable, judge, report.  again: the command that repeats the check."""
    planned, layout = list(cases(asked)), asked.mapping or PLAIN

    def apart(case: Case, first: Trace, later: Trace) -> str:
        return beyond(case, layout, first, later)

    with Conversation(spec, asked.seconds, asked.memory) as subject:
        heard = interview(Asking(subject, apart, asked.reproducible), planned)
    for case, tensors in heard.tensors:
        heard.recognise(case, unknown(case, tensors, layout))
    return judged(heard, subject.noise, planned, asked, again)


def check_program(command: str, asked: argparse.Namespace, again: str) -> Verdict:
    """Run a program, judge, report."""
    planned = list(cases(asked))
    heard, noise = answers(command, planned, asked.mapping or PLAIN, asked)
    return judged(heard, noise, planned, asked, again)


def judged(
    heard: Heard, noise: Noise, planned: Sequence[Case], asked: argparse.Namespace, again: str
) -> Verdict:
    """Every answer against the oracle, and what there is to say about the calls."""
    findings = [
        (case, judge_dump(case, tensors, asked.mapping, asked.require))
        for case, tensors in heard.tensors
    ]
    for case, _ in heard.tensors:
        heard.kinks(case)
    heard.withheld(known(heard.tensors, asked.mapping or PLAIN))
    checks, quiet = heard.checks(noise), asked.table is not None
    return concluded(findings, asked.out, checks, again, quiet, len(planned))
