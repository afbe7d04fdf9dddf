"""Progress at a terminal: from the first second on, how many of how many, and gone at the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import piped, seen

STUDENT = f"{ROOT / 'examples' / 'numpy_student.py'}:lenet"
SLOW = {
    "case": ["--variant", "modern", "--seeds", "2"],
    "judging case": ["check", STUDENT, "--variant", "modern", "--seed", "0"],
    "network": ["check", STUDENT, "--seed", "0"],
    "submission": ["check", STUDENT, f"{STUDENT}s", "--variant", "modern", "--seed", "0",
                   "--table", "t.csv"],
    "mistake": ["faults", "--layer", "F7", "--network", "modern"],
}  # fmt: skip


@pytest.mark.parametrize("what", SLOW)
def test_it_is_counted_and_gone(what: str, tmp_path: Path) -> None:
    found = seen(SLOW[what], tmp_path, new=True)
    assert found.passing[0].startswith("loading, ")
    assert any(re.match(rf"{what} \d+ of \d+, \d+ s", line) for line in found.passing)
    assert all(len(line) < 80 or "\n" in line for line in found.passing)
    assert not re.search(r"^(loading|run|check|faults|errata|\w+ \d+ of \d+), \d+ s",
                         "\n".join(found.lines), re.MULTILINE)  # fmt: skip
    assert "Traceback" not in found.raw


def test_a_map_is_counted_too(tmp_path: Path) -> None:
    found = seen(["map", STUDENT, "--out", "theirs.toml"], tmp_path)
    assert any(re.match(r"network \d+ of \d+", line) for line in found.passing)


@pytest.mark.parametrize("words", [["--variant", "modern"], ["errata"]])
def test_a_pipe_sees_nothing(words: list[str], tmp_path: Path) -> None:
    done = piped(words, tmp_path)
    assert done.stderr == "" and "\r" not in done.stdout


def test_a_dumb_terminal_sees_nothing(tmp_path: Path) -> None:
    found = seen(["errata"], tmp_path, others={"TERM": "dumb"})
    assert found.passing == [] and "\033" not in found.raw
