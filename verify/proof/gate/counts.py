"""From rows to the last line: what fails is counted, named, and decides the exit status."""

from __future__ import annotations

from dataclasses import replace

from verify.checks.check import Check
from verify.checks.coverage import Key, check
from verify.checks.outcome import status
from verify.errors import DIFFERENT, INTERNAL, PASSED, UNUSABLE
from verify.expected.steps import steps
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding, Judgement
from verify.judge.verdict import Verdict
from verify.proof.gate.nets import layer
from verify.report.screen import closing
from verify.report.share import shared

FINE = (Verdict.PASS, Verdict.UNVERIFIED, Verdict.ABSENT)
GUILTY = (Verdict.FAIL, Verdict.MISSING, Verdict.ERROR)
"""Written out here a second time: what a verdict says of itself is what is proved."""
FAILING = [(v, own) for v in Verdict if v not in FINE for own in (True, False)]
"""Each verdict that fails, of the own error and of the inherited one."""


VARIANT = "modern"


def totals() -> list[str]:
    """Every verdict that fails makes the run fail, by own and by inherited error, beside a row
    that passes: nothing judged at all is no pass by itself."""
    wrong, right = [], finding(Verdict.PASS, True)
    for verdict, own in FAILING:
        found = Tally([finding(verdict, own), right])
        if not _failed(found):
            wrong.append(f"a row that is {verdict} does not fail the run")
        expected = ["F6"] if own and verdict in GUILTY else []
        if found.guilty(VARIANT) != expected:
            wrong.append(f"who is {verdict} is not told")
    return wrong + _others()


def _others() -> list[str]:
    """Rows that pass do not fail the run; rows that are not verified are said to be so; no rows
    and a check that does not hold are no pass."""
    blunt, none = Tally([finding(Verdict.UNVERIFIED, True)]), Tally()
    broken = [Check("self-test", VARIANT, "broken", False, "")]
    right = Tally([finding(Verdict.PASS, True)])
    asked = {
        "a row that passes fails the run": _failed(right),
        "a row that is not verified counts as a pass": blunt.unverified != 1 or blunt.rows != 1,
        "a row that is not verified is said to pass": "0 of 1" not in _said(blunt, []),
        "a row that passes is a difference": status(right, []) != PASSED,
        "a broken check ends well": status(right, broken) != DIFFERENT,
        "no rows end well": status(none, []) != DIFFERENT,
        "rows that are not verified end well": status(blunt, []) != DIFFERENT,
        "no rows pass": not _said(none, []).startswith("FAIL"),
        "a broken check passes": not _said(right, broken).startswith("FAIL"),
        "exit statuses": (PASSED, DIFFERENT, UNUSABLE, INTERNAL) != (0, 1, 2, 3),
    }
    return [what for what, wrong in asked.items() if wrong]


def finding(verdict: Verdict, own: bool) -> Finding:
    """Of one row, of whose two errors one has the verdict."""
    case = layer()
    step = next(s for s in steps(case.arch, True) if s.tensor == "F6.dW")
    blunt = verdict is Verdict.UNVERIFIED
    this, other = Judgement(verdict), Judgement(Verdict.ABSENT if blunt else Verdict.PASS)
    return Finding(case, step, this if own else other, other if own else this)


def _said(found: Tally, checks: list[Check]) -> str:
    return closing(found, checks, 1)


def _failed(found: Tally) -> bool:
    """In the count, in the closing line, in the exit status, and as what is shown."""
    said = _said(found, []).startswith("FAIL")
    seen = (found.failed == 1, said, status(found, []) == DIFFERENT, bool(found.first))
    return any(seen) if not all(seen) and not found.failed else all(seen)


def covered() -> list[str]:
    """Nothing is covered by nothing, nor by a row that did not pass, nor by a probe; a row that
    passes covers its cell alone."""
    probe = finding(Verdict.PASS, True)
    passed, blunt = _whole(probe), _whole(finding(Verdict.UNVERIFIED, True))
    mine = (VARIANT, passed.step.tensor, passed.case.tier)
    asked = {
        "nothing at all counts as covered": all(each.passed for each in check([VARIANT], _by())),
        "a row that is not verified covers its cell": _by(blunt) != set(),
        "a probe covers a network": _by(probe) != set(),
        "a row that passes covers another cell": _by(passed) != {mine},
    }
    return [what for what, wrong in asked.items() if wrong]


def _whole(found: Finding) -> Finding:
    """Of a network, and not of one layer."""
    case = found.case
    return replace(found, case=replace(case, arch=replace(case.arch, options="")))


def _by(*findings: Finding) -> set[Key]:
    """What rows cover, by the sums that coverage.csv is made of."""
    return {*shared(findings, failing=False, texts=False, values=False).sums.cells}
