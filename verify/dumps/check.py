"""Judge tensors from anywhere, and say what was found: the heart of ``lenet-verify check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases import Case
from verify.checks import COLUMNS as CHECK_COLUMNS
from verify.checks import Check
from verify.cli.edge import DIFFERENT, PASSED, printed
from verify.conclude.common import common_factor, without_consequence
from verify.conclude.span import span
from verify.diagnose import explain
from verify.dumps.conventions import as_trace
from verify.dumps.layout import PLAIN, Layout
from verify.dumps.schema import IMAGES, LABELS, expected
from verify.findings import Finding, Judgement
from verify.judge import Judge
from verify.report import screen
from verify.report.files import write_csv
from verify.report.rows import COLUMNS, row
from verify.report.totals import Totals

Findings = Sequence[tuple[Case, Sequence[Finding]]]
REQUIRE = ("nothing", "forward", "gradients", "all")


def judge_dump(
    case: Case, arrays: Mapping[str, NDArray[Any]], layout: Layout | None, require: str = "nothing"
) -> list[Finding]:
    """Findings of what was supplied: own error where a layer's inputs were, inherited error
    otherwise; what is required and absent is missing."""
    layout = layout or PLAIN
    case, trace = as_trace(case, arrays, layout)
    judge = Judge(case, trace, with_truth=False, partial=True)
    with np.errstate(all="ignore"):
        found = explain(judge, judge.findings())
    return [_required(f, layout, require) for f in found]


def _required(finding: Finding, layout: Layout, require: str) -> Finding:
    absent = finding.verdict == "absent"
    tensor = finding.step.tensor
    if not absent or layout.excused(tensor) or not wanted(finding.step.symbol, tensor, require):
        return finding
    missing = Judgement("missing", reason=f"not supplied; --require {require}")
    return replace(finding, own=missing, inherited=missing)


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
    """What a whole subject comes to: one line of grades.csv."""

    status: int
    guilty: str
    tensor: str
    cause: str
    judged: int
    tensors: int
    failed: int

    @property
    def share(self) -> float:
        """Part of the expected tensors that was judged."""
        return self.judged / self.tensors if self.tensors else 0.0


def report(
    findings: Findings,
    out: Path,
    checks: Sequence[Check] = (),
    again: str = "",
    quiet: bool = False,
) -> int:
    """Write diff.csv and checks.csv, print the tables, what is wrong and why; exit status.

    again: the command that repeats the check, for rows that failed.
    """
    return concluded(findings, out, checks, again, quiet).status


def concluded(
    findings: Findings,
    out: Path,
    checks: Sequence[Check] = (),
    again: str = "",
    quiet: bool = False,
) -> Verdict:
    """As :func:`report`, with the verdict as data."""
    lines = [row(f) | ({"rerun": again} if f.failed else {}) for _, each in findings for f in each]
    write_csv(out / "diff.csv", COLUMNS, lines)
    write_csv(out / "checks.csv", CHECK_COLUMNS, [check.row() for check in checks])
    totals = Totals()
    for line in lines:
        if line["verdict"] != "absent":
            totals.add(line)
    wrong = bool(totals.failed) or any(not c.passed for c in checks) or not totals.rows
    verdict = _verdict(totals, checks, lines, DIFFERENT if wrong else PASSED)
    if not quiet:
        show(findings, totals, checks, verdict, out)
    return verdict


def _verdict(
    totals: Totals, checks: Sequence[Check], lines: Sequence[Mapping[str, Any]], status: int
) -> Verdict:
    variant = next(iter(totals.variants()), "")
    first = totals.first.get(variant, {})
    failing = next((c for c in checks if not c.passed), None)
    cause = first.get("cause") or (f"{first['tensor']}: {first['reason']}" if first else "")
    if not cause and failing:
        cause = f"{failing.subject}: {failing.detail}"
    guilty = " ".join(totals.guilty(variant)) if variant else ""
    tensors = {line["tensor"] for line in lines}
    judged = {line["tensor"] for line in lines if line["verdict"] not in ("absent", "missing")}
    tensor = str(first.get("tensor", ""))
    return Verdict(status, guilty, tensor, cause, len(judged), len(tensors), totals.failed)


def show(
    findings: Findings, totals: Totals, checks: Sequence[Check], verdict: Verdict, out: Path
) -> None:
    """Tables, conclusions, and one closing line."""
    printed(*([screen.tables(totals), ""] if totals.rows else []))
    printed(*_conclusions(findings), *screen.failures(totals, checks))
    if notes := [c for c in checks if c.passed and c.subject.startswith("prints")]:
        printed(*(f"note: it prints: {c.detail}" for c in notes))
    printed(*_not_verified(findings))
    word = "FAIL" if verdict.status else "PASS"
    wrong = sum(not check.passed for check in checks)
    asked = f", {len(checks) - wrong} of {len(checks)} checks" if checks else ""
    printed(f"{word}  {totals.rows - totals.failed} of {totals.rows} comparisons in "
            f"{len(findings)} case{'s' if len(findings) != 1 else ''}{asked}; "
            f"{verdict.judged} of {verdict.tensors} tensors verified ({verdict.share:.0%}); "
            f"report in {out}")  # fmt: skip


def _conclusions(findings: Findings) -> list[str]:
    """One cause behind many rows, a span where no layer can be named, and what has no effect;
    each said once, with the first case it is seen in."""
    said: dict[str, None] = {}
    for case, each in findings:
        if (cause := common_factor(each)) is not None:
            said.setdefault(f"one cause: {cause.text}")
        if (where := span(each)) is not None:
            said.setdefault(f"{case.regime} N={case.batch}: {where}")
        for harmless in without_consequence(each):
            name = harmless.step.tensor
            said.setdefault(f"without consequence: {name} differs, nothing after it does")
    return list(said)


def _not_verified(findings: Findings) -> list[str]:
    """Tensors that no case supplied, by layer."""
    seen: dict[str, bool] = {}
    for _, each in findings:
        for f in each:
            name = f.step.tensor
            seen[name] = seen.get(name, False) or f.verdict not in ("absent", "missing")
    layers: dict[str, list[str]] = {}
    for name in (name for name, judged in seen.items() if not judged):
        layer, _, symbol = name.partition(".")
        layers.setdefault(layer, []).append(symbol)
    if not layers:
        return []
    return ["not verified: " + "; ".join(f"{k} {' '.join(v)}" for k, v in layers.items())]
