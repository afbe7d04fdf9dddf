"""What a person reads: of a failing test, of a skipped one, and of a subject at the end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verify.api.spoken import renamed
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.judge.findings import Finding
from verify.judge.reasons import Plain
from verify.judge.verdict import Verdict
from verify.plugin.settings import KEYS
from verify.report import conclusions, screen
from verify.report.checks import mended
from verify.report.left import left
from verify.report.reasons import at, cause, each_of, text, theirs, unexplained
from verify.report.text import WIDTH, one_line
from verify.subjects.asked import ANSWERS

if TYPE_CHECKING:
    from verify.plugin.judging import Sitting
    from verify.plugin.request import Asked

__all__ = ["check", "ending", "failure", "header", "skipped", "spoken", "title",
           "unanswered", "unasked"]  # fmt: skip


def spoken(message: str) -> str:
    """With the options of pytest in place of those of the command line."""
    return renamed(message, lambda key, said: f"--lenet-{key}" if key in KEYS else said)


def failure(finding: Finding, outcome: Outcome, again: str) -> str:
    """One tensor: what is wrong with it, the numbers, who is guilty, how to see it again."""
    return "\n".join(_failure(finding, outcome, again))


def _failure(f: Finding, outcome: Outcome, again: str) -> Iterator[str]:
    why = cause(f.cause) or _beyond(f, outcome) or (
        text(f.reason) if f.shown is None else unexplained(f))  # fmt: skip
    yield from _wrapped(why.removeprefix(f"{f.step.tensor} "), "")
    yield from _numbers(f)
    yield _row("equation", f"{f.step.equation} (docs/derivation.md)")
    yield from _wrapped(_guilty(outcome), _head("guilty"))
    for said in dict.fromkeys(conclusions.told(outcome.conclusions)):
        if "one cause: " in said:
            yield from _wrapped(said.replace("one cause: ", ""), _head("one cause"))
    yield _row("rerun", again)


def _beyond(f: Finding, outcome: Outcome) -> str:
    """Of a tensor in a layer that nobody blames: that it comes after one that is; nothing of
    others."""
    blamed = outcome.guilty or outcome.suspects
    if f.shown is None or f.guilty or not blamed or f.step.layer in blamed:
        return ""
    groups = outcome.apart if not outcome.guilty else (outcome.guilty,)
    return f"comes after the error in {each_of(groups)}"


def _numbers(f: Finding) -> Iterator[str]:
    c = f.shown
    if c is None:
        return
    place = f" at {at(c.index)}" if c.index else ""
    yield _row("got", f"{c.subject!r}{place}")
    if c.elsewhere:
        yield _row("yours", theirs(c.elsewhere))
    yield _row("expected", repr(c.reference))
    few = f"{c.failing} element{'s' if c.failing != 1 else ''}"
    yield _row("off by", f"{c.error:.2g}, allowed {c.bound:.2g}; {few} beyond")


def _guilty(outcome: Outcome) -> str:
    who = ", ".join(outcome.guilty)
    if not who:
        who = each_of(outcome.apart) if outcome.apart else "no layer has an own error"
    first = outcome.first
    if first is None:
        return who
    return f"{who}; first: {first.step.tensor} in {first.case.regime} N={first.case.batch}"


def _head(name: str) -> str:
    return f"  {name + ':':<10}"


def _row(name: str, said: str) -> str:
    return f"{_head(name)}{one_line(said)}"


def _wrapped(said: str, head: str) -> list[str]:
    return textwrap.wrap(one_line(said), WIDTH, initial_indent=head,
                         subsequent_indent=" " * 12 if head else "  ",
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def skipped(finding: Finding) -> str:
    """Why a tensor was not judged, or not sharply."""
    if finding.verdict is Verdict.UNVERIFIED:
        return f"not verified: {text(finding.reason)}"
    return "not supplied" if finding.reason in (None, Plain.MISSING) else text(finding.reason)


def unasked(outcome: Outcome, place: tuple[str, int]) -> str:
    """Why a case of the plan was not drawn; empty if it was."""
    notes = (each.detail for each in outcome.checks if each.passed and each.subject == place[0])
    return next(notes, "")


def unanswered(outcome: Outcome | None, place: tuple[str, int]) -> str:
    """Why a case has no tensors."""
    every = () if outcome is None else outcome.checks
    broken = [each.detail for each in every if not each.passed and each.subject.startswith(ANSWERS)]
    why = f": {one_line(broken[0])}" if broken else ""
    return f"no answer in {place[0]} N={place[1]}{why}"


def check(found: Check) -> str:
    """One that does not hold."""
    return "\n".join(_wrapped(spoken(f"{found.subject}: {mended(found)}"), ""))


def title(asked: Asked) -> str:
    """A subject in a line: its name, if it has one, or itself."""
    name, subject = asked.named.name, asked.named.subject
    return one_line(f"{name} = {subject}" if name else subject)


def header(asked: Asked) -> str:
    """What will be judged, before it is."""
    cases = len(asked.places)
    seed = f", seed {asked.request.seed}" if cases > 1 else ""
    network = asked.request.source.variant
    kind = f" as {network}" if network else ""
    return f"{title(asked)}{kind}, {cases} case{'s' * (cases != 1)}{seed}"


def ending(sitting: Sitting, brief: bool) -> list[str]:
    """The conclusions about a subject.  brief: nothing of one that passes."""
    outcome, again = sitting.outcome, sitting.asked.again
    if outcome is None:
        return [*_wrapped(sitting.error, ""), f"rerun: {again}"]
    if not outcome.status and brief:
        return []
    lines = [line for said in _ending(outcome) for line in _wrapped(spoken(said), "")]
    lines += [screen.closing(outcome.tally, outcome.checks, len(outcome.findings))]
    return [*lines, *([f"rerun: {again}"] if outcome.status else [])]


def _ending(outcome: Outcome) -> Iterator[str]:
    first = outcome.first
    if first is not None:
        yield f"guilty layer: {_guilty(outcome)} ({first.step.equation})"
        yield f"cause: {cause(first.cause) or unexplained(first)}"
    yield from map(str.strip, left(outcome))
    yield from conclusions.told(outcome.conclusions)
    yield from screen.broken(outcome.checks)
    yield from (f"note: {each.note}" for each in outcome.checks if each.note)
