"""Judge a Python callable: ``lenet-verify check module:callable``.

The callable takes (parameters, images, labels) and returns a mapping of the tensors it has.
It lives in a process of its own, whose end is a finding and never the end of the harness.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from verify.cases import Case
from verify.dumps.check import Verdict, concluded, judge_dump, unknown
from verify.dumps.layout import PLAIN
from verify.lifecycle import unequal
from verify.subjects.asked import ANSWERS, Heard, cases
from verify.subjects.conversation import Answer, Conversation


def check_callable(spec: str, asked: argparse.Namespace) -> Verdict:
    """Ask, judge, report."""
    with Conversation(spec, asked.seconds, asked.memory) as subject:
        heard = interview(subject, list(cases(asked)))
    findings = [
        (case, judge_dump(case, tensors, asked.mapping, asked.require))
        for case, tensors in heard.tensors
    ]
    for case, tensors in heard.tensors:
        heard.recognise(case, unknown(case, tensors, asked.mapping or PLAIN))
    again = f"lenet-verify check {spec} --variant {asked.variant}"
    checks = heard.checks(subject.noise)
    return concluded(findings, asked.out, checks, again, asked.table is not None)


def interview(subject: Conversation, planned: Sequence[Case]) -> Heard:
    """All questions, in one process: the first case twice, the second, the first again, the
    rest.  A subject that remembers gets a new process for each case, so that what it
    remembers is one finding and not thirty."""
    heard = Heard()
    first, second, *rest = planned
    original = subject.ask(first)
    hear(heard, first, original)
    between, remembers = remembered(subject, heard, first, second, original)
    if remembers:
        subject.stop()
        between = subject.ask(second)
    hear(heard, second, between)
    for case in rest:
        if remembers:
            subject.stop()
        hear(heard, case, subject.ask(case))
    return heard


def hear(heard: Heard, case: Case, answer: Answer) -> None:
    """Note what is to be said about one call; keep its tensors."""
    heard.say(case, ANSWERS, answer.failed)
    if answer.failed:
        return
    wrong = "; ".join(f"{name} {why}" for name, why in answer.wrong.items())
    heard.say(case, "returns arrays", wrong)
    changed = f"changed: {', '.join(answer.changed)}" if answer.changed else ""
    heard.say(case, "arguments unchanged", changed)
    heard.keep(case, answer.tensors)


def remembered(
    subject: Conversation, heard: Heard, first: Case, second: Case, original: Answer
) -> tuple[Answer, bool]:
    """Ask the first case again, the second, the first once more; the answer to the second, and
    whether the same question ever had another answer."""
    if original.failed:
        return subject.ask(second), False
    again, between, third = (subject.ask(case) for case in (first, second, first))
    found = [("same call twice", different(original, again))]
    if not found[0][1] and not between.failed:
        found.append(("same call after another batch", different(original, third)))
    for question, wrong in found:
        heard.say(first, question, wrong)
    return between, any(wrong for _, wrong in found)


def different(first: Answer, later: Answer) -> str:
    """What a later answer to the same question has different, or an empty string."""
    if later.failed:
        return later.failed
    where = unequal(first.tensors, later.tensors)
    return f"{where} though the arguments are the same: state kept between calls" if where else ""
