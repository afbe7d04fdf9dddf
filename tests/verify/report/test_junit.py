"""JUnit XML: the elements and attributes that pytest writes, and no others, in the same order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pytest

from tests.verify.report.outcomes import AGAIN, failing, hostile, right
from verify.judge.verdict import Verdict
from verify.report.account import Failure, account
from verify.report.junit import KINDS, SUITE, junit

CASES = """
import pytest
@pytest.fixture
def broken(): raise ValueError
def test_passes(): pass
def test_fails(): assert 0
def test_errs(broken): pass
@pytest.mark.skip(reason="why")
def test_skips(): pass
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Element:
    """What pytest itself writes of a test of each kind."""
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "test_it.py").write_text(CASES)
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=x.xml", "test_it.py"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True)
    return ElementTree.parse(folder / "x.xml").getroot()


def shapes(root: Element) -> dict[str, set[str]]:
    """By element: its attributes, and of a parent the elements in it."""
    found: dict[str, set[str]] = {}
    for node in root.iter():
        found.setdefault(node.tag, set()).update(node.attrib, (f"<{n.tag}>" for n in node))
    return found


def wrong(root: Element, known: dict[str, set[str]]) -> list[str]:
    """Where a document is not as pytest's is."""
    said = [
        f"{tag}: {each}"
        for tag, has in shapes(root).items()
        if tag not in known or has - known[tag]
        for each in sorted(has - known.get(tag, set())) or ["unknown"]
    ]
    for node in root.iter():
        needed = {"testsuite": ("name", "tests", "errors", "failures", "skipped", "time"),
                  "testcase": ("name", "classname", "time"), "testsuites": ("name",),
                  "failure": ("message",), "error": ("message",), "skipped": ("message", "type"),
                  }.get(node.tag, ())  # fmt: skip
        said += [f"{node.tag} without {name}" for name in needed if name not in node.attrib]
    for suite in root.iter("testsuite"):
        said += [
            f"{name} is not their number"
            for name, tag in COUNTED.items()
            if int(suite.get(name, -1)) != len([*suite.iter(tag)])
        ]
        said += ["no time"] if not re.fullmatch(r"\d+\.\d{3}", suite.get("time", "")) else []
        said += ["no date"] if not re.fullmatch(STAMP, suite.get("timestamp", "")) else []
    ids = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
    return said + (["two of one name"] if len(ids) != len({*ids}) else [])  # fmt: skip


COUNTED = {"tests": "testcase", "errors": "error", "failures": "failure", "skipped": "skipped"}
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d"


def of(what: Any) -> Element:
    return ElementTree.fromstring(junit(what))


@pytest.mark.parametrize("outcome", [right, failing, hostile], ids=lambda f: f.__name__)
def test_it_is_as_pytest_writes_it(theirs: Element, outcome: Any) -> None:
    known = shapes(theirs)
    assert {"failure", "error", "skipped"} < {*known}  # else nothing was compared
    assert wrong(theirs, known) == [] and wrong(of(account(outcome(), AGAIN)), known) == []


def test_what_is_not_is_seen(theirs: Element) -> None:
    """An element too many, one missing attribute, a count that is none, two of one name."""
    known, right_one = shapes(theirs), of(account(failing(), AGAIN))
    SubElement(right_one, "note")
    suite = right_one.find("testsuite")
    assert suite is not None
    suite.set("tests", "3")
    suite[0].attrib.pop("time")
    suite[1].attrib.update(suite[2].attrib)
    said = "; ".join(wrong(right_one, known))
    for part in ("<note>", "testcase without time", "tests is not", "two of one name"):
        assert part in said


def test_a_wrong_tensor_is_a_failure() -> None:
    root = of(account(failing(), AGAIN))
    case = next(c for c in root.iter("testcase") if str(c.get("name")).startswith("C3.db-"))
    assert (case.get("classname"), case.get("name")) == ("modern.C3", "C3.db-digits-float64-N2")
    assert "averaged over the 100 positions" in case[0].attrib["message"]
    assert case[0].tag == "failure" and f"rerun: {AGAIN}" in str(case[0].text)
    check = next(c for c in root.iter("testcase") if c.get("classname") == "modern.state")
    assert check[0].tag == "failure" and check.get("name") == "net.py:f"


def test_every_verdict_but_a_pass_is_told() -> None:
    assert {*KINDS} == {*Verdict} - {Verdict.PASS}
    assert all(KINDS[v] != "skipped" for v in Verdict if v.failing)


def test_what_could_not_be_judged_is_an_error(theirs: Element) -> None:
    root = of(Failure(2, "no such file: \x00<\udcff>", AGAIN))
    (case,) = root.iter("testcase")
    assert case.get("classname") == SUITE and case[0].tag == "error"
    assert case[0].get("message") == "no such file: \\x00<\\udcff>"
    assert wrong(root, shapes(theirs)) == []
