"""Judge tensors from anywhere: the heart of ``lenet-verify check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.schema import IMAGES, LABELS, expected
from verify.judge.conclude.conclusions import Findings, conclude
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.reasons import Required
from verify.judge.verdict import Verdict
from verify.mistakes.diagnosis import diagnose, explain

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
    if (finding.own.verdict, finding.inherited.verdict) != (Verdict.ABSENT, Verdict.FAIL):
        return finding
    return replace(finding, cause=diagnose(judge, finding.step, inherited=True))


def _required(finding: Finding, layout: Layout, require: str) -> Finding:
    """What is required was supplied, and verified; nobody is guilty of what was not shown."""
    tensor, verdict = finding.step.tensor, finding.verdict
    if verdict not in (Verdict.ABSENT, Verdict.UNVERIFIED) or layout.excused(tensor):
        return finding
    if not wanted(finding.step.symbol, tensor, require):
        return finding
    if verdict is Verdict.ABSENT:
        missing = Judgement(Verdict.MISSING, reason=Required(require))
        return replace(finding, inherited=missing)
    reason = Required(require, finding.reason)
    blunt = replace(finding.inherited, verdict=Verdict.MISTRUSTED, reason=reason)
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


def concluded(findings: Findings, checks: Sequence[Check] = (), asked: int = 0) -> Outcome:
    """What the findings of a whole subject come to.

    asked: how many cases there were, if not all have findings.
    """
    every = [finding for _, each in findings for finding in each]
    ranked = sorted(every, key=lambda f: f.verdict is Verdict.MISSING)  # a mistake is shown first
    tally = Tally(f for f in ranked if f.verdict is not Verdict.ABSENT)
    return Outcome(findings, tuple(checks), tally, conclude(findings), max(asked, len(findings)))
