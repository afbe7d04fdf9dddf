"""What a student is told of a submission: one value, written as Markdown here and as a page in
``feedback_page``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.cases.networks import called
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.checks.score import Score
from verify.expected.derivation import equations
from verify.judge.compare import Comparison
from verify.judge.findings import Finding
from verify.judge.reasons import Beyond
from verify.judge.verdict import Verdict
from verify.report import checks as check_rows
from verify.report import conclusions
from verify.report.reasons import at, cause, each_of, explained, text, theirs
from verify.report.text import one_line
from verify.words import listed

__all__ = ["MOST", "OFF", "Feedback", "First", "Pairs", "grouped", "markdown", "of_nothing", "told"]
MOST = 40
"""Names of a list."""
OFF = "Off only because of what came before"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class First:
    """The first wrong tensor: facts are pairs of a heading and a text; formula: its equation."""

    tensor: str
    facts: Pairs
    formula: str
    help: str


@dataclass(frozen=True)
class Feedback:
    """passed; verdict: one sentence; right, wrong: tensors; off: those that follow rightly from
    what came before, which was wrong; first: where to look; findings: about the calls; points: a
    sentence, or nothing."""

    name: str
    passed: bool
    verdict: str
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    first: First | None = None
    findings: tuple[str, ...] = ()
    points: str = ""

    @property
    def others(self) -> list[str]:
        """What is wrong beside the first."""
        return [n for n in self.wrong if self.first is None or n != self.first.tensor]


def of_nothing(name: str, why: str, score: Score | None) -> Feedback:
    """Of a submission that could not be judged."""
    return Feedback(name, False, "Your submission could not be judged.",
                    findings=(why,), points=_points(score))  # fmt: skip


def told(name: str, outcome: Outcome, expected: bool, score: Score | None) -> Feedback:
    """Of one that was.  expected: the right numbers, and how far off theirs are, may be said."""
    names = dict.fromkeys(f.step.tensor for _, each in outcome.findings for f in each)
    failed = [f for _, each in outcome.findings for f in each if f.failed]
    wrong = {f.step.tensor for f in failed if f.own.verdict is not Verdict.PASS}
    off = {f.step.tensor for f in failed} - wrong
    seen = {f.step.tensor for _, each in outcome.findings for f in each if f.verdict.judged}
    broken = tuple(_finding(c) for c in outcome.checks if not c.passed)
    first = None if outcome.first is None else _first(outcome, outcome.first, expected)
    return Feedback(
        name,
        outcome.status == 0,
        _verdict(outcome, len(broken)),
        tuple(n for n in names if n in seen - wrong - off),
        tuple(n for n in names if n in wrong),
        tuple(n for n in names if n in off),
        first,
        broken,
        _points(score),
    )


def _finding(check: Check) -> str:
    return f"{check.subject}: {check_rows.mended(check)}"


def _verdict(outcome: Outcome, broken: int) -> str:
    if outcome.status == 0:
        return "Everything you handed in that could be judged is right."
    if outcome.guilty:
        layers = "layer" if len(outcome.guilty) == 1 else "layers"
        return f"Something is wrong in {layers} {listed(outcome.guilty)}; start there."
    if outcome.suspects:
        return f"Something is wrong in {each_of(outcome.apart)}; hand in more of what lies" \
               " between to learn in which."  # fmt: skip
    if broken and not outcome.tally.failed:
        return "Your numbers are right, but how they are made is not." if not outcome.empty else \
               "There were no numbers to judge."  # fmt: skip
    return "Something is wrong or missing."


def _points(score: Score | None) -> str:
    if score is None:
        return ""
    said = f"{score.points:g} of {score.of:g} points"
    return f"{said}; without points: {listed(score.lost, MOST)}" if score.lost else said


def _first(outcome: Outcome, finding: Finding, expected: bool) -> First:
    """The facts of the first wrong tensor.  Without ``expected`` no number that the judge
    computed is among them."""
    case, step = finding.case, finding.step
    formula = equations()[step.equation]
    facts = [("where", f"{step.tensor} of layer {step.layer}, "
              f"{case.regime} case with {case.batch} images")]  # fmt: skip
    facts += _numbers(finding, expected)
    said = cause(finding.cause)
    if outcome.conclusions.one is not None:
        said = conclusions.common(outcome.conclusions.one)
    if said:
        facts.append(("cause", said))
    facts.append(("equation", f"{step.equation}: {formula.plain}"))
    made = ", ".join(name.removeprefix("given.") for name in step.inputs)
    facts.append(("made from", made))
    return First(step.tensor, tuple(facts), formula.latex,
                 f"lenet-verify explain {step.tensor} {called(case.arch)}".strip())  # fmt: skip


def _numbers(finding: Finding, expected: bool) -> list[tuple[str, str]]:
    """Index, got and expected; of what is no number, why it fails."""
    reason = finding.reason
    if not isinstance(reason, Beyond):
        return [("what is wrong", text(reason) or explained(finding))]
    found: Comparison = reason.comparison
    where = at(found.index) or "the one number"
    where += f" (yours: {theirs(found.elsewhere)})" if found.elsewhere else ""
    facts = [("index", where), ("got", repr(found.subject))]
    if found.nan or found.inf:
        facts.append(("not finite", f"{found.nan} NaN and {found.inf} Inf"))
    if expected:
        facts.append(("expected", repr(found.reference)))
        facts.append(("off by", f"{found.error:.2g}, allowed {found.bound:.2g}"))
    facts.append(("how many", f"{found.failing} elements of this tensor differ"))
    return facts


def markdown(found: Feedback) -> str:
    """For a repository, a forum, an issue."""
    mark = "right" if found.passed else "not yet right"
    lines = [f"# {_safe(found.name)}: {mark}", "", _safe(found.verdict)]
    lines += ["", f"**{_safe(found.points)}**"] if found.points else []
    lines += _section("What is right", found.right)
    if found.first is not None:
        lines += ["", f"## Where to look first: {_safe(found.first.tensor)}", ""]
        lines += [f"- {heading}: {_safe(fact)}" for heading, fact in found.first.facts]
        lines += ["", f"$${found.first.formula}$$", ""]
        lines += [f"More about this tensor: `{found.first.help}`"]
    lines += _section("Also wrong", found.others)
    lines += _section(OFF, found.off)
    if found.findings:
        lines += ["", "## About your code or files", ""]
        lines += [f"- {_safe(each)}" for each in found.findings]
    return "\n".join(lines) + "\n"


def grouped(names: Sequence[str]) -> str:
    """Tensors by layer: ``C1: x z y; S2: x y``."""
    layers: dict[str, list[str]] = {}
    for name in names:
        layer, _, symbol = name.partition(".")
        layers.setdefault(layer, []).append(symbol)
    return "; ".join(f"{layer}: {' '.join(symbols)}" for layer, symbols in layers.items())


def _section(heading: str, names: Sequence[str]) -> list[str]:
    return ["", f"## {heading}", "", _safe(grouped(names))] if names else []


def _safe(said: str) -> str:
    """Text from outside is text: no markup, no link, no line of its own."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!&$~" else c for c in one_line(said))
