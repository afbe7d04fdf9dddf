"""docs/pytest.md: its session is run in a fresh folder, and its lists are the plugin's."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from tests.docs.derivation import ROOT
from tests.verify.plugin import ran_apart
from verify.plugin.judging import CALLS
from verify.plugin.settings import KEYS

pytest_plugins = ["pytester"]
PAGE = (ROOT / "docs" / "pytest.md").read_text()
NUMBER = re.compile(r"-?\d+\.\d+(e-?\d+)?|_+")
"""The last digits are the machine's, the rule's length the terminal's."""


def block(name: str) -> str:
    """What stands behind a remark of that name."""
    found = re.search(rf"<!-- {name} -->\n```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_session_is_what_pytest_prints(pytester: pytest.Pytester) -> None:
    shutil.copy(ROOT / "examples" / "mnist_student.py", pytester.path)
    (pytester.path / "pytest.ini").write_text(block("ini"))
    command, *shown = block("session").splitlines()
    words = shlex.split(command.removeprefix("pytest "))
    result = ran_apart(pytester, *words)
    assert result.ret == 1
    printed = [NUMBER.sub("#", line) for line in result.outlines]
    assert [line for line in shown if NUMBER.sub("#", line) not in printed] == []
    named = re.search(r"`(mnist_student.py::lenet\[.*?\])`", PAGE)
    assert named is not None
    result.stdout.fnmatch_lines([f"FAILED {named[1].replace('[', '[[]', 1)}*"])


def test_every_setting_and_every_test_is_told() -> None:
    (keys,) = re.findall(r"Keys are (.*?) with the meanings", PAGE, re.DOTALL)
    assert {*re.findall(r"`(\w+)`", keys)} == {*KEYS, "subject", "expected"}
    assert re.findall(r"^\| `lenet\[subject-(\w+)\]`", PAGE, re.MULTILINE) == [*CALLS]
