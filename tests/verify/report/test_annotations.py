"""Annotations: the line of a function is found without running it; nothing ends a command early."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.verify.report.outcomes import AGAIN, HOSTILE, failing, hostile, right
from verify.judge.conclude.tally import Tally
from verify.report.account import Account, Failure, account
from verify.report.annotations import MOST, Spot, errors_of, escaped, line_of, spot

SOURCE = b"""import os
raise SystemExit  # whoever runs this does not come back
@decorated
def lenet(x):
    def inner(): pass
try:
    import fast as quick
except ImportError:
    def quick(x): pass
class Net:
    def run(self): pass
    def lenet(self): pass
last = lenet
match 1:
    case 1:
        chosen: object = last
"""
LINES = {"lenet": 4, "Net.run": 11, "Net.lenet": 12, "quick": 9, "last": 13, "Net": 10,
         "chosen": 16, "inner": 1, "absent": 1, "Net.absent": 10, "last.x": 13}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_the_line_of_a_function(name: str) -> None:
    assert line_of(SOURCE, name.split(".")) == LINES[name]


@pytest.mark.parametrize("source", [b"def f(:", b"\x00", b"\xff\xfe", b"(" * 10_000])
def test_a_file_that_cannot_be_parsed_has_a_first_line(source: bytes) -> None:
    assert line_of(source, ["f"]) == 1


def test_a_path_is_that_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "hw").mkdir(parents=True)
    (tmp_path / "repo" / "hw" / "net.py").write_bytes(SOURCE)
    monkeypatch.chdir(tmp_path / "repo" / "hw")
    assert spot("net.py:lenet", tmp_path / "repo") == Spot("hw/net.py", 4)
    assert spot("net.py:lenet", tmp_path / "elsewhere") is None
    for other in ("net:lenet", "absent.py:lenet", "dump", "./program", ""):
        assert spot(other, tmp_path / "repo") is None


COMMAND = re.compile(r"::error (file=[^,:]+,line=\d+,)?title=[^,:]*::[^\r\n]*")


@pytest.mark.parametrize("where", [None, Spot("a,b:c%.py", 3)])
def test_a_command_is_one_whatever_is_said(where: Spot | None) -> None:
    for outcome in (failing(), hostile()):
        found = errors_of(account(outcome, AGAIN), where)
        assert found and all(COMMAND.fullmatch(line) for line in found), found
        assert all(line.isprintable() for line in found)
        assert all(("file=a%2Cb%3Ac%25.py,line=3," in line) is bool(where) for line in found)


def test_a_command_says_cause_and_numbers() -> None:
    first = errors_of(account(failing(), AGAIN))[0]
    assert first.startswith("::error title=modern%3A F6.dW (M-F6-dW)::")
    assert "%0Aat [" in "".join(errors_of(account(failing(), AGAIN)))


def test_right_code_is_not_annotated() -> None:
    assert errors_of(account(right(), AGAIN)) == []


def test_no_more_than_github_shows() -> None:
    told = account(failing(), AGAIN)
    many = Account(told.tally, told.checks * 20, told.layers, told.cases)
    found = errors_of(many)
    assert len(found) == MOST and re.search(r"::and \d+ more$", found[-1])
    assert len(errors_of(told)) + 19 == MOST - 1 + int(found[-1].split()[-2])


def test_nothing_judged_is_an_error_too() -> None:
    assert errors_of(Failure(2, "no\nfile"))[0] == "::error title=lenet-verify::no%0Afile"
    nothing = Account(Tally(), (), account(right(), AGAIN).layers, 0)
    assert "nothing was supplied" in errors_of(nothing)[0]


def test_escapes_are_those_of_the_toolkit() -> None:
    assert escaped("a%b\r\n:,") == "a%25b%0D%0A:,"
    assert escaped("a%b\r\n:,", True) == "a%25b%0D%0A%3A%2C"
    assert "\n" in HOSTILE
