"""Outcomes to be told: a right network, a wrong one, and one whose texts are made to hurt."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.checks.check import Check
from verify.checks.outcome import Outcome, concluded
from verify.judge.findings import Cause
from verify.judge.trace import Trace
from verify.pipeline.judging import judge_subject
from verify.subjects.reference import reference

AGAIN = "lenet-verify check net.py:f"
HOSTILE = "@all | `x` <img src=x> [a](http://b.c) #12\n::error::x\r]]>&amp;%0A\x1b[2J\udcff \ufffe"
"""A mention, a cell, code, HTML, a link, a command, an end of CDATA, a cursor, no letters."""


def wrong(case: Case) -> Trace:
    """C3.db a hundredth of itself, C5.W missing, F6.dW infinite at one place."""
    trace = dict(reference(case))
    trace["C3.db"] = trace["C3.db"] / 100
    del trace["C5.W"]
    trace["F6.dW"] = trace["F6.dW"].copy()
    trace["F6.dW"][2, 3] = float("inf")
    return trace


def judged(subject: str, *checks: Check) -> Outcome:
    """The outcome of one case."""
    case = Job("modern", "digits", "float64", 2).case()
    findings = judge_subject(case, wrong if subject == "wrong" else reference)
    return concluded([(case, findings)], checks)


@cache
def right() -> Outcome:
    """Nothing is wrong."""
    return judged("right", Check("state", "modern", "net.py:f", True, "holds"))


@cache
def failing() -> Outcome:
    """Three layers are, and a check does not hold."""
    return judged("wrong", Check("state", "modern", "net.py:f", False, "changed: images", AGAIN))


@cache
def hostile() -> Outcome:
    """Every text that can come from outside is."""
    (case, findings), *_ = failing().findings
    cause = Cause("evil", HOSTILE)
    named = [replace(f, cause=cause if f.failed else None) for f in findings]
    return concluded([(case, named)], [Check(HOSTILE, HOSTILE, HOSTILE, False, HOSTILE, HOSTILE)])
