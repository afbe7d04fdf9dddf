"""One cause behind many rows: everything wrong by the same factor, or wrong without effect."""

from __future__ import annotations

from collections.abc import Sequence

from verify.judge.compare import Comparison
from verify.judge.findings import Cause, Finding
from verify.judge.reasons import OtherDtype
from verify.judge.verdict import Verdict
from verify.tolerance.bound import UNIT_ROUNDOFF

FEWEST = 3
"""Rows that must agree before a factor is called common."""


def common_cause(findings: Sequence[Finding]) -> Cause | None:
    """One factor, or one dtype, behind every failing row."""
    return common_factor(findings) or common_dtype(findings)


def common_dtype(findings: Sequence[Finding]) -> Cause | None:
    """Everything was computed, or stored, in another dtype than the case's."""
    failing = [f for f in findings if f.failed]
    other = {f.reason for f in failing if isinstance(f.reason, OtherDtype)}
    if len(failing) < FEWEST or len(other) != 1 or any(f.reason not in other for f in failing):
        return None
    theirs, ours = other.pop().got, failing[0].case.dtype
    text = f"{theirs} in place of {ours}, everywhere"
    if theirs in ("float32", "float64"):
        text += f"; supply {ours}, or start from inputs of --tier {theirs}"
    return Cause("common-dtype", text)


def common_factor(findings: Sequence[Finding]) -> Cause | None:
    """All failing gradients differ from the reference by one and the same factor."""
    failing = [f for f in findings if f.failed]
    compared = [c for f in failing if (c := measured(f)) is not None]
    if len(compared) < FEWEST or len(compared) < len(failing):
        return None
    if not all(is_gradient(f) for f in failing):
        return None
    case = failing[0].case
    tolerance = UNIT_ROUNDOFF[case.dtype] ** 0.5
    factor = compared[0].fit_scale
    if abs(factor - 1) <= tolerance:  # wrong in some other way than by a factor
        return None
    same = all(
        c.fit_residual <= tolerance and abs(c.fit_scale - factor) <= tolerance * abs(factor)
        for c in compared
    )
    right = any(is_gradient(f) and f.verdict is Verdict.PASS for f in findings)
    which = "every wrong gradient" if right else "every gradient"
    return named(factor, case.batch, tolerance, which) if same else None


def is_gradient(finding: Finding) -> bool:
    """dy, dW ..., but not the loss's data."""
    return finding.step.symbol.startswith("d") and finding.step.symbol != "data"


def measured(finding: Finding) -> Comparison | None:
    """The comparison that failed."""
    shown = finding.own if finding.own.verdict.failing else finding.inherited
    return shown.comparison


def named(factor: float, n: int, tolerance: float, which: str) -> Cause:
    """The factor in words."""
    known = {
        float(n): f"N = {n}: the loss is summed over the batch, 1/N is missing",
        1 / n: f"1/N = 1/{n}: 1/N is applied twice",
        0.5: "1/2: a factor 2 is lost, or a 1/2 too many",
        2.0: "2: a factor 1/2 is lost",
        -1.0: "-1: the sign of the loss",
    }
    for value, text in known.items():
        if abs(factor - value) <= tolerance * abs(value):
            return Cause("common-factor", f"{which} equals the reference x {text}")
    return Cause("common-factor", f"{which} equals the reference x {factor:.8g}")


RESULTS = ("dW", "db", "data", "reg", "total")
"""What training uses: a difference here is a consequence itself."""


def without_consequence(findings: Sequence[Finding]) -> list[Finding]:
    """Own errors that change nothing further: every tensor after them in order of computation
    that was supplied, and at least one parameter gradient, agrees with the oracle's free run."""
    harmless = []
    for place, finding in enumerate(findings):
        if not finding.guilty or finding.step.symbol in RESULTS:
            continue
        layer = finding.step.layer
        later = [f for f in findings[place + 1 :] if f.step.layer != layer]
        judged = [f for f in later if f.inherited.verdict is not Verdict.ABSENT]
        gradients = [f for f in judged if f.step.symbol in ("dW", "db")]
        fine = [f for f in judged if f.step.symbol in ("dW", "db", "dz", "y")]
        if gradients and all(f.inherited.verdict is Verdict.PASS for f in fine):
            harmless.append(finding)
    return harmless


def share(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many of the expected tensors were judged."""
    judged = sum(f.verdict is not Verdict.ABSENT for f in findings)
    return judged, len(findings)
