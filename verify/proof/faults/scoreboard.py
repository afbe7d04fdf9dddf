"""Plant every fault, run the verification, hold what it said against what it had to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.checks.lifecycle import lifecycle
from verify.judge.findings import Finding
from verify.pipeline.run import judge_subject
from verify.proof.faults.fault import Fault, planted
from verify.report.reasons import explained
from verify.subjects.reference import reference

COLUMNS = (
    *("fault", "about", "source", "target", "variant", "expected_layers", "guilty_layers"),
    *("first_tensor", "cause", "diagnosis", "ratio", "caught_by", "visible_in", "verdict"),
)
GOOD = ("caught", "equivalent")


@dataclass(frozen=True)
class Outcome:
    """What the harness said of one fault.  verdict: caught, equivalent, or what went wrong:
    survived, misblamed, misplaced (wrong first tensor), misdiagnosed, unexplained, not
    equivalent."""

    fault: Fault
    verdict: str
    guilty: tuple[str, ...] = ()
    tensor: str = ""
    cause: str = ""
    diagnosis: str = ""
    ratio: float = float("nan")
    caught_by: str = ""
    visible_in: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """The harness said what it had to."""
        return self.verdict in GOOD

    def row(self) -> dict[str, Any]:
        """One row of faults.csv."""
        return {
            "fault": self.fault.name,
            "about": self.fault.about,
            "source": self.fault.source,
            "target": self.fault.target,
            "variant": self.fault.variant,
            "expected_layers": self.fault.layers,
            "guilty_layers": " ".join(self.guilty),
            "first_tensor": self.tensor,
            "cause": self.cause,
            "diagnosis": self.diagnosis or self.fault.equivalent,
            "ratio": self.ratio,
            "caught_by": self.caught_by,
            "visible_in": " ".join(self.visible_in),
            "verdict": self.verdict,
        }


def try_fault(fault: Fault, grid: Iterable[tuple[str, str]] = ()) -> Outcome:
    """Plant one fault and judge its cheapest case; with a grid of (regime, tier), also say
    where else it shows."""
    case = job(fault, fault.regime, fault.tier).case()
    others = [job(fault, regime, tier) for regime, tier in grid]
    with planted(fault), np.errstate(all="ignore"):
        if fault.check:
            return _state_outcome(fault, case)
        findings = judge_subject(case, reference, truth=False, inherited=False)
        visible = tuple(
            f"{o.regime}/{o.tier}"
            for o in others
            if any(
                f.failed for f in judge_subject(o.case(), reference, truth=False, inherited=False)
            )
        )
    outcome = _equivalent if fault.equivalent else _outcome
    return outcome(fault, findings, visible)


def job(fault: Fault, regime: str, tier: str) -> Job:
    """The case of a fault in some regime and tier."""
    batch = 4 if "integers" in regime else fault.batch
    return Job(fault.variant, regime, tier, batch, 0, fault.options, truth=False)


def _state_outcome(fault: Fault, case: Case) -> Outcome:
    failed = [c for c in lifecycle(reference, case) if not c.passed]
    named = [c for c in failed if c.subject.startswith(fault.check)]
    if not failed:
        return Outcome(fault, "survived")
    shown = (named or failed)[0]
    return Outcome(
        fault,
        "caught" if named else "misdiagnosed",
        cause=fault.check,
        diagnosis=f"{shown.subject}: {shown.detail}",
        caught_by="lifecycle",
    )


def _equivalent(fault: Fault, findings: Sequence[Finding], visible: tuple[str, ...]) -> Outcome:
    wrong = [f for f in findings if f.failed]
    verdict = "not equivalent" if wrong or visible else "equivalent"
    worst = max((f.own.comparison.ratio for f in findings if f.own.comparison), default=0.0)
    return Outcome(fault, verdict, ratio=worst, visible_in=visible)


def _outcome(fault: Fault, findings: Sequence[Finding], visible: tuple[str, ...]) -> Outcome:
    guilty = [f for f in findings if f.guilty]
    if not guilty:
        return Outcome(fault, "survived", visible_in=visible)
    first = guilty[0]
    layers = tuple(dict.fromkeys(f.step.layer for f in guilty))
    cause = first.cause.name if first.cause else ""
    comparison = first.own.comparison
    return Outcome(
        fault,
        _verdict(fault, layers, first.step.tensor, cause),
        layers,
        first.step.tensor,
        cause,
        explained(first),
        float("nan") if comparison is None else comparison.ratio,
        f"own error, {first.case.regime}/{first.case.tier}",
        visible,
    )


def _verdict(fault: Fault, layers: tuple[str, ...], tensor: str, cause: str) -> str:
    if set(layers) != set(fault.layers.split()):
        return "misblamed"
    if tensor != fault.tensor:
        return "misplaced"
    if cause != fault.cause:
        return "misdiagnosed" if cause else "unexplained"
    return "caught"
