"""A report as JUnit XML, in the form that pytest calls xunit2: GitLab, Jenkins and others read it.

A test case is a tensor in a case, or a check.  What fails or is missing is a ``failure``; what
could not be compared, because something raised or the comparison cannot be trusted, an ``error``;
what was not verified is ``skipped``.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from verify.checks.check import Check
from verify.judge.verdict import Verdict
from verify.report.account import Account, Failure, word
from verify.report.checks import mended
from verify.report.text import one_line

__all__ = ["KINDS", "STANDARD", "SUITE", "case_name", "junit"]

SUITE = "lenet-verify"
KINDS = {
    Verdict.FAIL: "failure",
    Verdict.MISSING: "failure",
    Verdict.ERROR: "error",
    Verdict.MISTRUSTED: "error",
    Verdict.DISPUTED: "error",
    Verdict.UNVERIFIED: "skipped",
    Verdict.ABSENT: "skipped",
}
"""The element that tells a verdict; a pass has none."""
STANDARD = "default"
"""Options of a network that was changed in nothing."""
_Row = dict[Any, Any]


def junit(told: Account | Failure) -> str:
    """The document as text."""
    suites = Element("testsuites", name=SUITE)
    cases = [_failed(told)] if isinstance(told, Failure) else [*_distinct(_cases(told))]
    seconds = 0.0 if isinstance(told, Failure) else told.seconds
    SubElement(suites, "testsuite", _counts(cases, seconds)).extend(cases)
    ElementTree.indent(suites, "")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"
    )


def _counts(cases: list[Element], seconds: float) -> dict[str, str]:
    """Attributes of the suite."""
    kinds = [part.tag for case in cases for part in case]
    return {
        "name": SUITE,
        "errors": str(kinds.count("error")),
        "failures": str(kinds.count("failure")),
        "skipped": str(kinds.count("skipped")),
        "tests": str(len(cases)),
        "time": f"{seconds:.3f}",
        "timestamp": datetime.now(UTC).isoformat(),
        "hostname": platform.node(),
    }


def _cases(told: Account) -> Iterator[Element]:
    for chunk in told.rows:
        yield from map(_of_row, chunk.to_dict("records"))
    yield from map(_of_check, told.checks)


def _distinct(cases: Iterable[Element]) -> Iterator[Element]:
    """Readers take two of one name for one: cases that differ in weights alone are counted."""
    seen: Counter[tuple[str | None, str | None]] = Counter()
    for case in cases:
        key = case.get("classname"), case.get("name")
        seen[key] += 1
        if seen[key] > 1:
            case.set("name", f"{key[1]}#{seen[key]}")
        yield case


def case_name(row: _Row) -> str:
    """``C3.dW-digits-float64-N7``; the seed and the options of the network where they say more."""
    words = [row["tensor"], row["regime"], row["tier"], f"N{row['batch']}"]
    words += [f"s{row['seed']}"] if row["seed"] else []
    words += [row["options"].replace(" ", "-")] if row["options"] != STANDARD else []
    return "-".join(map(str, words))


def _of_row(row: _Row) -> Element:
    """classname: the network and the layer, which readers show as a folder and a file."""
    found = _testcase(f"{row['variant']}.{row['layer']}", case_name(row))
    verdict = Verdict(row["verdict"])
    if verdict is Verdict.PASS:
        return found
    told = row["cause"] or row["reason"] or verdict
    lines = [f"{name}: {row[name]}" for name in ("reason", "cause", "note", "equation", "rerun")
             if row[name]]  # fmt: skip
    return _with(found, KINDS[verdict], f"{row['tensor']}: {told}", str(verdict), lines)


def _of_check(check: Check) -> Element:
    place = f"{check.variant}.{check.name}" if check.variant else check.name
    found = _testcase(place, check.subject or check.name)
    if check.passed:
        return found
    lines = [mended(check), *([f"rerun: {check.rerun}"] if check.rerun else [])]
    return _with(found, "failure", mended(check), "check", lines)


def _failed(told: Failure) -> Element:
    """Nothing was judged: one test that is an error."""
    found = _testcase(SUITE, "run")
    lines = [told.message, *([f"rerun: {told.again}"] if told.again else [])]
    return _with(found, "error", told.message, word(told.status), lines)


def _testcase(classname: str, name: str) -> Element:
    """No time of its own: tensors are judged together."""
    return Element("testcase", classname=one_line(classname), name=one_line(name), time="0.000")


def _with(case: Element, kind: str, message: str, verdict: str, lines: list[str]) -> Element:
    """What is said of a case.  Texts have no character that XML has no way to write."""
    skipped = {"type": f"{SUITE}.{verdict}"} if kind == "skipped" else {}
    part = SubElement(case, kind, {**skipped, "message": one_line(message)})
    part.text = "\n".join(map(one_line, lines))
    return case
