"""A report as one JSON document, of the schema ``lenet-verify/1``: docs/json.md explains it.

JSON has no NaN and no infinities: NaN, which says that nothing was measured or that a number is
none, is null; infinities are the strings "inf" and "-inf".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verify.judge.compare import Comparison
from verify.judge.conclude.common import CommonFactor
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.report import checks as check_rows
from verify.report import reasons
from verify.report.account import Account, Failure, blamed, word
from verify.report.conclusions import common
from verify.report.rows import NUMBERS, rerun
from verify.report.stamp import environment
from verify.report.text import one_line

__all__ = ["EMPTY", "SCHEMA", "SCHEMA_FILE", "as_json", "document", "number"]

SCHEMA = "lenet-verify/1"
"""Changes with every change that a reader could notice, but for names that are added."""
SCHEMA_FILE = Path(__file__).parent / "schema" / "lenet-verify-1.json"
EMPTY: dict[str, Any] = {
    "subject": "",
    "network": [],
    "guilty": [],
    "suspects": [],
    "one_cause": None,
    "causes": [],
    "counts": None,
    "rows": [],
    "checks": [],
}
"""What is said where nothing was judged."""
_Values = dict[str, Any]


def as_json(told: Account | Failure) -> str:
    """The document as text, in ASCII: lone surrogates in somebody's names are escapes."""
    pairs = [f" {json.dumps(key)}: {_value(value)}" for key, value in document(told).items()]
    return "{\n" + ",\n".join(pairs) + "\n}\n"


def _value(value: Any) -> str:
    """Lists with a line for each item: a row can be found by eye, and by grep."""
    if not isinstance(value, list) or not value:
        return json.dumps(value, allow_nan=False)
    return "[\n" + ",\n".join(f"  {json.dumps(each, allow_nan=False)}" for each in value) + "\n ]"


def document(told: Account | Failure) -> _Values:
    """The document as values of JSON."""
    of_all = {
        "schema": SCHEMA,
        "verdict": word(told.status),
        "status": told.status,
        "message": told.message if isinstance(told, Failure) else "",
    }
    judged = EMPTY if isinstance(told, Failure) else _judged(told)
    return {**of_all, **judged, "rerun": told.again, "environment": environment()}


def _judged(told: Account) -> _Values:
    tally = told.tally
    return {
        "subject": told.subject,
        "network": tally.variants() or [*dict.fromkeys(c.variant for c in told.checks)],
        "guilty": [*_guilty(told)],
        "suspects": [layer for group in told.apart for layer in group],
        "one_cause": _one(told),
        "causes": [_cause(finding, told.rerun) for finding in blamed(tally)],
        "counts": _counts(told),
        "rows": [row for chunk in told.rows for row in map(_row, chunk.to_dict("records"))],
        "checks": [_check(check_rows.row(check)) for check in told.checks],
    }  # fmt: skip


def _guilty(told: Account) -> Iterator[_Values]:
    """Layers with an own error, by network."""
    for variant in told.tally.variants():
        for layer in told.tally.guilty(variant):
            yield {"network": variant, "layer": layer}


def _counts(told: Account) -> _Values:
    tally = told.tally
    return {
        "cases": told.cases,
        "comparisons": tally.rows,
        "passed": tally.passed,
        "failed": tally.failed,
        "unverified": tally.unverified,
        "checks": len(told.checks),
        "checks_failed": len(told.broken),
    }


def _one(told: Account) -> _Values | None:
    """One cause behind all that fails, by the factor where it is one."""
    if told.one is None:
        return None
    factor = number(told.one.factor) if isinstance(told.one, CommonFactor) else None
    return {"factor": factor, "text": common(told.one)}


def _cause(finding: Finding, again: str) -> _Values:
    """A finding that a person should look at, with the cause if one is known."""
    step, cause, shown = finding.step, finding.cause, _shown(finding)
    return {
        "network": finding.case.arch.variant,
        "layer": step.layer,
        "tensor": step.tensor,
        "equation": step.equation,
        "verdict": str(finding.verdict),
        "own": finding.guilty,
        "cause": cause.name if cause else None,
        "one_of": list(cause.options) if cause else [],
        "factor": number(cause.factor) if cause else None,
        "text": one_line(reasons.cause(cause) or reasons.unexplained(finding)),
        "reason": one_line(reasons.text(finding.reason)),
        "index": None if shown is None else list(shown.index),
        "got": None if shown is None else number(shown.subject),
        "expected": None if shown is None else number(shown.reference),
        "rerun": rerun(finding, again),
    }


def _shown(finding: Finding) -> Comparison | None:
    """The comparison that fails, an own one before an inherited one."""
    own = finding.own.verdict
    return (finding.inherited if own is Verdict.PASS or not own.failing else finding.own).comparison


def number(value: Any) -> Any:
    """A number as JSON has it."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else "inf" if value > 0 else "-inf"


def _row(row: dict[Any, Any]) -> _Values:
    return dict(_cells(row))


def _cells(row: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Numbers as numbers; texts on one line, and as they are: nothing computes them here."""
    for name, value in row.items():
        if name in NUMBERS:
            yield name, number(float(value))
        else:
            yield name, int(value) if isinstance(value, int) else one_line(str(value))


def _check(row: dict[str, str]) -> _Values:
    return {name: one_line(value) for name, value in row.items()}
