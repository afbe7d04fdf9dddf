"""The unit tests as killers: which first, and how long each may take."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import verify.judge.rule
from verify.proof.mutation import suite
from verify.proof.mutation.isolate import KILLED, SURVIVED, TIMED_OUT, try_mutant
from verify.proof.mutation.judge_campaign import SLOW
from verify.proof.mutation.operators import Mutant
from verify.proof.mutation.suite import Suite, near

SLEEPS = """
import pathlib, time
def said(word):
    with pathlib.Path(__file__).with_name("order").open("a") as file:
        file.write(word)
def test_long():
    said("l")
    time.sleep(0.05)
def test_quick():
    said("q")
"""
FAR = SLEEPS.replace('"l"', '"L"').replace('"q"', '"Q"')
RULE = Path(verify.judge.rule.__file__).read_text()
UNTOUCHED = Mutant("verify.judge.rule", 1, "", "", ast.parse(RULE))
TESTS = Path(__file__).parents[2]


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    """Two files of two tests each; that of the module is second by name."""
    (tmp_path / "test_a_far_one.py").write_text(FAR)
    (tmp_path / "test_rule.py").write_text(SLEEPS)
    return tmp_path


def order(tests: Path) -> str:
    """What ran since last asked."""
    text = (tests / "order").read_text()
    (tests / "order").unlink()
    return text


def test_the_nearest_come_first_then_the_quickest(tests: Path) -> None:
    tried = Suite((tests,))
    assert tried.passes()
    assert order(tests) == "LQlq"
    assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 60) == SURVIVED
    assert order(tests) == "qlQL"


def test_the_first_that_fails_ends_them(tests: Path) -> None:
    tried = Suite((tests,))
    tried.passes()
    order(tests)
    (tests / "test_rule.py").write_text(SLEEPS + "    assert False\n")
    assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 60) == KILLED
    assert order(tests) == "q"


def test_what_killed_a_mutant_before_is_tried_first(tests: Path) -> None:
    """Where it is no longer found, all are tried."""
    tried = Suite((tests,))
    tried.passes()
    order(tests)
    far = tests / "test_a_far_one.py"
    far.write_text(FAR + "    assert False\n")
    for expected in ("qlQ", "Q"):
        assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 60) == KILLED
        assert order(tests) == expected
    far.write_text(FAR.replace("quick", "other"))
    assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 60) == SURVIVED
    assert sorted(order(tests)) == ["L", "Q", "l", "q"]


def test_each_has_a_multiple_of_its_own_time(tests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what it took unmutated: a slow machine is no reason, and the whole may take longer."""
    tried = Suite((tests,))
    tried.passes()
    assert max(tried.seconds.values()) >= 0.05 > min(tried.seconds.values())
    monkeypatch.setattr(suite, "LEAST", 0.3)
    longer = SLEEPS.replace("0.05", "0.6")
    for text, outcome in ((longer, SURVIVED), (longer.replace("0.6", "60"), TIMED_OUT)):
        (tests / "test_rule.py").write_text(text)
        assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 0.5) == outcome


def test_a_hang_before_the_first_test_ends_too(
    tests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Suite((tests,))
    tried.passes()
    monkeypatch.setattr(suite, "COLLECTED", 0.5)
    (tests / "test_rule.py").write_text("import time\ntime.sleep(60)\n")
    assert try_mutant(UNTOUCHED, lambda: tried.passes("verify.judge.rule"), 60) == TIMED_OUT


@pytest.mark.parametrize(
    ("test", "module", "names"),
    [
        ("tests/verify/judge/test_compare.py::test_x[judge]", "verify.judge.compare", 2),
        ("tests/verify/judge/test_trust.py::test_compare", "verify.judge.compare", 1),
        ("tests/verify/truth/test_rbf.py::test_x", "verify.judge.compare", 0),
        ("tests/lenet_ref/test_storage.py::test_x", "lenet_ref.storage", 1),
    ],
)
def test_how_near(test: str, module: str, names: int) -> None:
    assert near(test, module) == names


def test_what_is_not_tried_is_there() -> None:
    assert [file for file in SLOW if not (TESTS / file).is_file()] == []
