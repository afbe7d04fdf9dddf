"""Ask a Python callable: ``lenet-verify check module:callable``.

The callable takes (parameters, images, labels) and returns a mapping of the tensors it has.
It lives in a process of its own, whose end is a finding and never the end of the harness.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify.cases.case import Case
from verify.cases.pace import paced
from verify.checks.lifecycle import unequal
from verify.judge.trace import Trace
from verify.subjects.answer import Answer
from verify.subjects.asked import ANSWERS, Heard
from verify.subjects.echoes import echoed
from verify.subjects.here import Asked, Here
from verify.words import listed

__all__ = ["KEPT", "KEY_ERROR", "NOT_APART", "NOT_THE_BITS", "REPEATED", "UNCHANGED", "Asking",
           "different", "hear", "interview", "repeated", "told_apart", "unlike"]  # fmt: skip
UNCHANGED = "arguments unchanged"
REPEATED = ("same call twice", "same call after another batch")
KEPT = "state kept between calls"
KEY_ERROR = r"raised KeyError: (['\"])(.+?)\1"
"""A call that failed for a name that its parameters do not have: the second group."""


@dataclass(frozen=True)
class Asking:
    """Who is asked; what tells two answers to one question apart by more than two right programs
    may be (an empty string: nothing does); and whether the same bits are wanted again."""

    subject: Asked
    apart: Callable[[Case, Trace, Trace], str]
    reproducible: bool = False


def interview(asking: Asking, planned: Sequence[Case]) -> Heard:
    """All questions, in one process: the first case twice, the second, the first again, the
    rest.  A subject that remembers gets a new process for each case, so that what it
    remembers is one finding and not thirty.

    Args:
        planned: two cases or more.
    Raises:
        InputError: there is no such callable.
    """
    heard, subject = Heard(), asking.subject
    first, second, *rest = planned
    original = subject.ask(first)
    hear(heard, first, original)
    again, between, third = (
        (subject.ask(first), subject.ask(second), subject.ask(first))
        if not original.failed
        else (original, subject.ask(second), original)
    )
    remembers = repeated(asking, heard, first, original, again, third)
    if remembers:
        subject.stop()
        between = subject.ask(second)
    hear(heard, second, between)
    for case in paced(rest, "asking about case"):
        if remembers:
            subject.stop()
        hear(heard, case, subject.ask(case))
    return heard


def hear(heard: Heard, case: Case, answer: Answer) -> None:
    """Note what is to be said about one call; keep its tensors."""
    heard.say(case, ANSWERS, answer.failed + _names(answer.failed, case))
    if answer.failed:
        return
    wrong = "; ".join(f"{name} {why}" for name, why in answer.wrong.items())
    heard.say(case, "returns arrays", wrong)
    changed = f"changed: {', '.join(answer.changed)}" if answer.changed else ""
    heard.say(case, UNCHANGED, changed)
    if answer.notes:
        made = (f"{name}: {note}" for name, note in answer.notes.items())
        heard.note("values", listed(made, 3))
    if wrong := echoed(heard.tensors, case, answer.tensors):
        heard.say(case, "answers what it is asked", wrong)
    heard.keep(case, answer.tensors)


def _names(failed: str, case: Case) -> str:
    """What to do for who asks for a parameter by a name of its own."""
    asked_for = re.match(KEY_ERROR, failed)
    if asked_for is None or asked_for[2] in case.parameters:
        return ""
    return f"; it is handed {', '.join([*case.parameters][:2])}, ...: names of its own? add --map"


def repeated(
    asking: Asking, heard: Heard, case: Case, original: Answer, again: Answer, third: Answer
) -> bool:
    """Whether the same question had another answer the second time, or the third, after another
    batch; by more than the order of sums explains, unless the same bits are asked for."""
    if original.failed:
        return False
    for question, answer in zip(REPEATED, (again, third), strict=True):
        bits = unlike(original, answer)
        wrong = bits
        if bits and not answer.failed and not asking.reproducible:
            wrong = different(asking, case, original.tensors, answer.tensors)
        if wrong and not answer.failed:
            wrong = f"{wrong}: {told_apart(asking, case)}"
        heard.say(case, question, wrong)
        if wrong:
            return True
        if bits:
            heard.note("reproducible", f"{NOT_THE_BITS} ({bits}); --reproducible asks for them")
    return False


NOT_THE_BITS = "not the same bits in every call, but the same numbers but for rounding"

NOT_APART = (
    "state kept between calls, a race, memory not initialised or a random number; named as"
    " file.py:function, in a process of its own, it would be told apart"
)


def unlike(first: Answer, later: Answer) -> str:
    """What a later answer to the same question has different, to the bit, or an empty string."""
    if later.failed:
        return later.failed
    return unequal(first.tensors, later.tensors)


def different(asking: Asking, case: Case, first: Trace, later: Trace) -> str:
    """What differs between two answers by more than two right programs may, or an empty string."""
    if first.keys() != later.keys():
        return f"{unequal(first, later)} though the arguments are the same"
    found = asking.apart(case, first, later)
    return f"{found} though the arguments are the same" if found else ""


def told_apart(asking: Asking, case: Case) -> str:
    """Ask two new processes: what is kept between calls starts anew, a race does not."""
    if isinstance(asking.subject, Here):
        return NOT_APART
    answers = []
    for _ in range(2):
        asking.subject.stop()
        answers.append(asking.subject.ask(case))
    one, other = answers
    if one.failed or other.failed:
        return one.failed or other.failed
    same = not unequal(one.tensors, other.tensors)
    if same or not different(asking, case, one.tensors, other.tensors):
        return f"{KEPT}, for two new processes agree"
    return "a race, memory not initialised or a random number, for two new processes disagree"
