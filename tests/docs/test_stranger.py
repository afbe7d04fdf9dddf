"""A stranger with the wheel, an empty folder, and a student's network with one bug: pytest names
it, so does a notebook, and a page shows it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from tests.docs.built import Built, build
from tests.docs.derivation import ROOT

pytest.importorskip("hatchling", reason="needs hatchling, of lenet-verify[dev]")
STUDENT = (ROOT / "examples" / "mnist_student.py").read_text()
BUG = "1/N was applied twice"
TESTS = """
from mnist_student import run

def test_mine(lenet_verify):
    lenet_verify(run, network="mnist28", map=True, seed=0)
"""
INI = """
[pytest]
lenet_subject = mnist_student.py:run
lenet_network = mnist28
lenet_map = true
lenet_regimes = digits
lenet_batches = 3
"""
CELLS = """
import verify
from mnist_student import run
report = verify.check(run, "mnist28", map=True, seed=0)
print(report.passed, report.causes)
print(report._repr_html_())
print(report.to_html())
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    found = build(tmp_path_factory.mktemp("stranger"))
    (found.empty / "mnist_student.py").write_text(STUDENT)
    return found


def test_pytest_names_the_bug(built: Built) -> None:
    (built.empty / "pytest.ini").write_text(INI)
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", "found.xml"]
    done = built.python(*words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert BUG in done.stdout
    cases = ElementTree.parse(built.empty / "found.xml").getroot().iter("testcase")
    failed = {str(case.get("name")) for case in cases if case.find("failure") is not None}
    assert "lenet[C3.dW-digits-float64-N3]" in failed
    assert not any(re.search(r"F[567]\.", name) for name in failed)


def test_a_test_of_ones_own_fails_with_it(built: Built) -> None:
    (built.empty / "test_mine.py").write_text(TESTS)
    done = built.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py")
    assert done.returncode == 1 and BUG in done.stdout, done.stdout + done.stderr


def test_a_notebook_names_it_and_a_page_shows_it(built: Built) -> None:
    (built.empty / "cells.py").write_text(CELLS)
    done = built.python("cells.py")
    assert done.returncode == 0, done.stderr
    told = done.stdout.partition("\n")[0]
    small, page = re.split("<!doctype html>", done.stdout, maxsplit=1, flags=re.IGNORECASE)
    assert told.startswith("False") and BUG in told
    assert "C3.dW" in small and BUG in small
    assert "C3" in page and BUG in page and "</html>" in page


def test_the_command_writes_the_page(built: Built) -> None:
    words = ["check", "mnist_student.py:run", "--network", "mnist28", "--map", "--seed", "0"]
    done = built.run(*words, "--html", "--out", "found")
    assert done.returncode == 1 and BUG in done.stdout
    page = (built.empty / "found" / "report.html").read_text(encoding="utf-8")
    assert BUG in page and "<script src" not in page
