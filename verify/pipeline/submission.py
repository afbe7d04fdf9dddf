"""Judge tensors from anywhere, and say what was found: the heart of ``lenet-verify check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.checks.check import Check
from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.schema import IMAGES, LABELS, expected
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.reasons import Required
from verify.judge.verdict import Verdict as Word
from verify.mistakes.diagnosis import diagnose, explain
from verify.report import checks as check_rows
from verify.report import conclusions, screen
from verify.report.files import write_csv
from verify.report.reasons import either
from verify.report.rows import COLUMNS, row
from verify.report.screen import printed
from verify.report.totals import Totals, status

Findings = Sequence[tuple[Case, Sequence[Finding]]]
REQUIRE = ("nothing", "forward", "gradients", "all")


def judge_dump(
    case: Case,
    arrays: Mapping[str, NDArray[Any]],
    layout: Layout | None,
    require: str = "nothing",
    causes: bool = True,
) -> list[Finding]:
    """Findings of what was supplied: own error where a layer's inputs were, inherited error
    otherwise; what is required and absent is missing.  causes: look for those, too."""
    layout = layout or PLAIN
    case, trace = as_trace(case, arrays, layout)
    judge = Judge(case, trace, with_truth=False, partial=True)
    with np.errstate(all="ignore"):
        found = judge.findings()
        if causes:
            found = [_explained(judge, f) for f in explain(judge, found)]
    return [_required(f, layout, require) for f in found]


def _explained(judge: Judge, finding: Finding) -> Finding:
    """With the cause of an inherited error: the oracle computes what the layer was not said to be
    fed from the nearest that was supplied."""
    if (finding.own.verdict, finding.inherited.verdict) != (Word.ABSENT, Word.FAIL):
        return finding
    return replace(finding, cause=diagnose(judge, finding.step, inherited=True))


def _required(finding: Finding, layout: Layout, require: str) -> Finding:
    """What is required was supplied, and verified; nobody is guilty of what was not shown."""
    tensor, verdict = finding.step.tensor, finding.verdict
    if verdict not in (Word.ABSENT, Word.UNVERIFIED) or layout.excused(tensor):
        return finding
    if not wanted(finding.step.symbol, tensor, require):
        return finding
    if verdict is Word.ABSENT:
        missing = Judgement(Word.MISSING, reason=Required(require))
        return replace(finding, inherited=missing)
    reason = Required(require, finding.reason)
    blunt = replace(finding.inherited, verdict=Word.MISTRUSTED, reason=reason)
    return replace(finding, inherited=blunt, rests_on=())


def wanted(symbol: str, tensor: str, require: str) -> bool:
    """forward: outputs of layers and the loss; gradients: those of the parameters; all: all."""
    match require:
        case "all":
            return True
        case "gradients":
            return symbol in ("dW", "db")
        case "forward":
            return symbol == "y" or tensor == "loss.data"
    return False


def unknown(case: Case, arrays: Iterable[str], layout: Layout) -> list[str]:
    """Names that are no tensors of this network."""
    known = expected(case.arch, case.batch).keys() | {"", IMAGES, LABELS}
    return sorted(name for name in arrays if layout.ours(name) not in known)


@dataclass(frozen=True)
class Verdict:
    """What a whole subject comes to: one line of grades.csv.  judged, tensors: of all tensors in
    all cases that were asked, those with a verdict, and all."""

    status: int
    guilty: str
    tensor: str
    cause: str
    judged: int
    tensors: int
    failed: int
    suspects: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Part of what was asked for that was judged: tensors, each in every case."""
        return self.judged / self.tensors if self.tensors else 0.0

    @property
    def percent(self) -> int:
        """The share, 100 only where nothing is left."""
        return 100 if self.share == 1 else min(99, round(100 * self.share))


def concluded(
    findings: Findings,
    out: Path,
    checks: Sequence[Check] = (),
    again: str = "",
    quiet: bool = False,
    asked: int = 0,
) -> Verdict:
    """Write diff.csv and checks.csv, print the tables, what is wrong and why; the verdict.

    again: the command that repeats the check, for rows that failed; quiet: print nothing; asked:
    how many cases there were, if not all have findings.
    """
    lines = [row(f) | ({"rerun": again} if f.failed else {}) for _, each in findings for f in each]
    write_csv(out / "diff.csv", COLUMNS, lines)
    write_csv(out / "checks.csv", check_rows.COLUMNS, map(check_rows.row, checks))
    totals = Totals()
    for line in sorted(lines, key=lambda line: line["verdict"] is Word.MISSING):
        if line["verdict"] is not Word.ABSENT:
            totals.add(line)
    verdict = _verdict(totals, checks, lines)
    if len(findings) < asked:  # a case without an answer was asked as well
        each = len({line["tensor"] for line in lines})
        verdict = replace(verdict, tensors=asked * each)
    verdict = _located(findings, verdict)
    if not quiet:
        show(findings, totals, checks, verdict, out)
    return verdict


def _verdict(
    totals: Totals, checks: Sequence[Check], lines: Sequence[Mapping[str, Any]]
) -> Verdict:
    variant = next(iter(totals.variants()), "")
    first = totals.first.get(variant, {})
    failing = next((c for c in checks if not c.passed), None)
    cause = first.get("cause") or (f"{first['tensor']}: {first['reason']}" if first else "")
    if not cause and failing:
        cause = f"{failing.subject}: {check_rows.detail(failing)}"
    guilty = " ".join(totals.guilty(variant)) if variant else ""
    judged = sum(line["verdict"].judged for line in lines)
    tensor = str(first.get("tensor", ""))
    return Verdict(status(totals, checks), guilty, tensor, cause, judged, len(lines), totals.failed)


def _located(findings: Findings, verdict: Verdict) -> Verdict:
    """With one cause in place of many, and the layers that are left where none is guilty."""
    cause = conclusions.one_cause(findings) or verdict.cause
    where = () if verdict.guilty else conclusions.where(findings)
    guilty = where[0] if len(where) == 1 else verdict.guilty
    return replace(verdict, cause=cause, guilty=guilty, suspects=where)


def wrong_checks(checks: Sequence[Check]) -> int:
    """How many did not hold."""
    return sum(not check.passed for check in checks)


def show(
    findings: Findings, totals: Totals, checks: Sequence[Check], verdict: Verdict, out: Path
) -> None:
    """Tables, conclusions, and one closing line."""
    printed(*([screen.tables(totals), ""] if totals.rows else []))
    printed(*conclusions.said(findings), *_failures(findings, totals, checks, verdict))
    printed(*(f"note: {check.note}" for check in checks if check.note))
    if not totals.rows and not wrong_checks(checks):
        printed("nothing was supplied that could be judged")
    printed(
        *conclusions.notes(findings),
        *conclusions.too_blunt(findings),
        *conclusions.not_verified(findings),
    )
    word = "FAIL" if verdict.status else "PASS"
    wrong = wrong_checks(checks)
    asked = f", {len(checks) - wrong} of {len(checks)} checks" if checks else ""
    printed(f"{word}  {screen.counted(totals)} in "
            f"{len(findings)} case{'s' if len(findings) != 1 else ''}{asked}; "
            f"{verdict.judged} of {verdict.tensors} tensors verified "
            f"({verdict.percent}%); report in {out}")  # fmt: skip


def _failures(
    findings: Findings, totals: Totals, checks: Sequence[Check], verdict: Verdict
) -> list[str]:
    """As for the main job; one cause is not said again for each layer."""
    who = "no layer has an own error"
    if verdict.suspects:
        who = "guilty layer: " + either(verdict.suspects)
    elif not verdict.guilty and verdict.failed:
        who = "not complete"
    lines = screen.failures(totals, checks, who)
    if conclusions.one_cause(findings):
        return [line for line in lines if not line.startswith("  also ")]
    return lines
