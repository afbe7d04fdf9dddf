"""From rows to the last line: what fails is counted, named, and decides the exit status."""

from __future__ import annotations

from pathlib import Path

from verify.checks.check import Check
from verify.checks.coverage import Coverage, check
from verify.errors import DIFFERENT, INTERNAL, PASSED, UNUSABLE
from verify.expected.steps import steps
from verify.judge.findings import Finding, Judgement
from verify.judge.verdict import Verdict
from verify.proof.gate.nets import layer
from verify.report.rows import row
from verify.report.screen import closing
from verify.report.totals import Totals, status

FINE = (Verdict.PASS, Verdict.UNVERIFIED, Verdict.ABSENT)
GUILTY = (Verdict.FAIL, Verdict.MISSING, Verdict.ERROR)
"""Written out here a second time: what a verdict says of itself is what is proved."""


def totals() -> list[str]:
    """Every verdict that fails makes the run fail, by own and by inherited error."""
    wrong = []
    for verdict in (v for v in Verdict if v not in FINE):
        for own in (True, False):
            found = _of(verdict, own)
            if not _failed(found):
                wrong.append(f"a row that is {verdict} does not fail the run")
            expected = ["F6"] if own and verdict in GUILTY else []
            if found.guilty("modern") != expected:
                wrong.append(f"who is {verdict} is not told")
    return wrong + _others()


def _others() -> list[str]:
    """Rows that pass do not fail the run; rows that are not verified are said to be so; no rows
    and a check that does not hold are no pass."""
    blunt, none = _of(Verdict.UNVERIFIED, True), Totals()
    broken = [Check("self-test", "modern", "broken", False, "")]
    right = _of(Verdict.PASS, True)
    asked = {
        "a row that passes fails the run": _failed(right),
        "a row that is not verified counts as a pass": blunt.unverified != 1 or blunt.rows != 1,
        "a row that is not verified is said to pass": "0 of 1" not in closing(blunt, [], Path()),
        "its layer is said to pass": blunt.layer_rows()[0]["verdict"] is not Verdict.UNVERIFIED,
        "a row that passes is a difference": status(right, []) != PASSED,
        "a broken check ends well": status(right, broken) != DIFFERENT,
        "no rows end well": status(none, []) != DIFFERENT,
        "no rows pass": not closing(none, [], Path()).startswith("FAIL"),
        "a broken check passes": not closing(right, broken, Path()).startswith("FAIL"),
        "exit statuses": (PASSED, DIFFERENT, UNUSABLE, INTERNAL) != (0, 1, 2, 3),
    }
    return [what for what, wrong in asked.items() if wrong]


def _of(verdict: Verdict, own: bool) -> Totals:
    """Totals of one row."""
    case = layer()
    step = next(s for s in steps(case.arch, True) if s.tensor == "F6.dW")
    blunt = verdict is Verdict.UNVERIFIED
    this, other = Judgement(verdict), Judgement(Verdict.ABSENT if blunt else Verdict.PASS)
    found = Totals()
    found.add(row(Finding(case, step, this if own else other, other if own else this)))
    return found


def _failed(found: Totals) -> bool:
    """In the count, in both tables, in the closing line and in the exit status."""
    tables = {*(r["verdict"] for r in (*found.layer_rows(), *found.summary_rows()))}
    said = closing(found, [], Path()).startswith("FAIL")
    ends = status(found, []) == DIFFERENT
    seen = (found.failed == 1, tables == {Verdict.FAIL}, said, ends, bool(found.first))
    return any(seen) if not all(seen) and not found.failed else all(seen)


def covered() -> list[str]:
    """Nothing is covered by nothing, nor by a row that did not pass."""
    ledger = Coverage()
    known = {"variant": "modern", "options": "", "tier": "float64", "regime": "", "tensor": "C1.z"}
    ledger.add({**known, "verdict": Verdict.UNVERIFIED, "closer_to_truth": ""})
    cells = list(ledger.rows(("modern",)))
    passed = all(asked.passed for asked in check(cells))
    seen = any(cell["verdict"] == "verified" for cell in cells)
    return ["nothing at all counts as covered"] if passed or seen else []
