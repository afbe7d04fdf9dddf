"""A finding as one row of diff.csv; reports/README.md explains every column."""

from __future__ import annotations

import math
from typing import Any

from verify.cases.networks import called
from verify.judge.compare import Comparison
from verify.judge.findings import Finding, Judgement
from verify.judge.verdict import Verdict
from verify.report.reasons import cause, text, theirs

__all__ = ["COLUMNS", "KINDS", "NAN", "NUMBERS", "WHOLE", "Row", "closer", "note", "rerun", "row"]
Row = dict[str, Any]
NAN = float("nan")

COLUMNS = (
    *("variant", "options", "tier", "regime", "dtype", "batch", "seed"),
    *("layer", "tensor", "equation", "shape", "elements", "verified", "verdict"),
    *("own_verdict", "own_error", "own_bound", "own_ratio", "own_rule", "own_floor"),
    *("inherited_verdict", "inherited_error", "inherited_bound", "inherited_ratio"),
    *("inherited_rule", "inherited_floor", "flips"),
    *("scale", "index", "subject", "oracle", "fit_scale", "fit_residual", "cosine"),
    *("nan", "inf", "subject_to_truth", "oracle_to_truth", "closer_to_truth"),
    *("cause", "reason", "note", "rerun"),
)
WHOLE = ("batch", "seed", "elements", "verified", "flips", "nan", "inf")
NUMBERS = (
    *("own_error", "own_bound", "own_ratio", "own_floor"),
    *("inherited_error", "inherited_bound", "inherited_ratio", "inherited_floor"),
    *("scale", "subject", "oracle", "fit_scale", "fit_residual", "cosine"),
    *("subject_to_truth", "oracle_to_truth"),
)
"""Columns of whole numbers, of others; what is in neither is text."""
KINDS: dict[str, type[int] | type[float] | type[str]] = {
    name: int if name in WHOLE else float if name in NUMBERS else str for name in COLUMNS
}
"""What the values of a column are."""


def row(finding: Finding, again: str = "") -> Row:
    """All columns of a finding, in the order of COLUMNS.  again: the command that repeats it, if
    that is not the row's own."""
    case, step = finding.case, finding.step
    found = {
        "variant": case.arch.variant,
        "options": case.arch.options,
        "tier": case.tier,
        "regime": case.regime,
        "dtype": case.dtype,
        "batch": case.batch,
        "seed": case.seed,
        "layer": step.layer,
        "tensor": step.tensor,
        "equation": step.equation,
        "shape": "x".join(map(str, finding.shape)) or "scalar",
        "elements": math.prod(finding.shape),
        "verified": finding.verified,
        "verdict": finding.verdict,
        **_judgement("own", finding.own),
        **_judgement("inherited", finding.inherited),
        "flips": finding.inherited.flips,
        **_numbers(finding),
        "subject_to_truth": finding.subject_to_truth,
        "oracle_to_truth": finding.oracle_to_truth,
        "closer_to_truth": closer(finding),
        "cause": cause(finding.cause),
        "reason": text(finding.reason),
        "note": note(finding),
        "rerun": rerun(finding, again),
    }
    return {name: found[name] for name in COLUMNS}


def _judgement(prefix: str, j: Judgement) -> Row:
    c = j.comparison
    return {
        f"{prefix}_verdict": j.verdict,
        f"{prefix}_error": NAN if c is None else c.error,
        f"{prefix}_bound": NAN if c is None else c.bound,
        f"{prefix}_ratio": NAN if c is None else c.ratio,
        f"{prefix}_rule": f"{j.rule} {j.terms}".strip(),
        f"{prefix}_floor": NAN if c is None else c.floor,
    }


def _numbers(finding: Finding) -> Row:
    """Measurements of the own comparison, or of the inherited one where the own passed."""
    shown = finding.own
    drifted = finding.inherited.verdict is not Verdict.PASS
    if finding.own.verdict is Verdict.PASS and drifted:
        shown = finding.inherited
    c = shown.comparison
    if c is None:
        names = ("scale", "subject", "oracle", "fit_scale", "fit_residual", "cosine")
        return {**dict.fromkeys(names, NAN), "index": "", "nan": 0, "inf": 0}
    return {
        "scale": c.scale,
        "index": _index(finding, c),
        "subject": c.subject,
        "oracle": c.reference,
        "fit_scale": c.fit_scale,
        "fit_residual": c.fit_residual,
        "cosine": c.cosine,
        "nan": c.nan,
        "inf": c.inf,
    }


def _index(finding: Finding, c: Comparison) -> str:
    """Ours and, of a failing row, what that is with them."""
    ours = " ".join(map(str, c.index))
    if c.elsewhere is None or not finding.failed:
        return ours
    return f"{ours} (yours: {theirs(c.elsewhere)})".strip()


def note(finding: Finding) -> str:
    """What was taken as equal, and what a free run shows that own errors explain."""
    turned = "beyond the bound of a free run, proved right by own errors: rounding turned a maximum"
    taken = f"shape {finding.taken} taken as {finding.shape}" if finding.taken is not None else ""
    said = [taken, f"{turned} or a mask" if finding.inherited.proved else ""]
    return "; ".join(each for each in said if each)


def closer(finding: Finding) -> str:
    """Which side is closer to the truth: subject, oracle, both (equally) or empty (unknown)."""
    s, o = finding.subject_to_truth, finding.oracle_to_truth
    if math.isnan(s) or math.isnan(o):
        return ""
    return "both" if s == o else "subject" if s < o else "oracle"


def rerun(finding: Finding, again: str = "") -> str:
    """The command given, or the one that repeats this row alone; empty for a passing row."""
    if again or not finding.failed:
        return again if finding.failed else ""
    case = finding.case
    words = [
        f"lenet-verify {called(case.arch)} --regime {case.regime}".replace("  ", " "),
        f"--tier {case.tier} --batch {case.batch} --seed {case.seed}",
    ]
    words += [case.flags] if case.flags else []
    return " ".join([*words, f"--tensor {finding.step.tensor}"])
