"""The command on a Python callable: whatever it does, the command lives and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.subjects.test_process import STRANGE
from verify.cli import main

FEW = ["--variant", "modern", "--regime", "digits", "--batch", "3", "1"]
"""Three cases, with those of other weights: the usual eight say no more of a call."""


def check(tmp_path: Path, name: str, *words: str) -> int:
    """The command on one of the strange callables."""
    return main(["check", f"{STRANGE}:{name}", *FEW, "--out", str(tmp_path / "out"), *words])


def test_a_right_callable_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "right", "--require", "all") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASS")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("segfault", "SIGSEGV"),
        ("not_a_number", "not finite"),
        ("writes", "changed: C3.b, images"),
        ("shapes", "shape (3,)"),
        ("empty", "nothing that could be judged"),
    ],
)
def test_the_command_lives_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, expected: str
) -> None:
    assert check(tmp_path, name) == 1
    out = capsys.readouterr().out
    assert expected in out
    assert out.splitlines()[-1].startswith("FAIL")


def test_the_hang_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "hangs", "--seconds", "1") == 1
    assert "no answer within 1 s" in capsys.readouterr().out


def test_a_missing_callable_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "absent") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_callables_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A right one, one that crashes, one that is not there: a line each, and the run goes on."""
    specs = [f"{STRANGE}:{name}" for name in ("right", "segfault", "absent")]
    words = [*FEW, "--table", str(tmp_path / "grades.csv")]
    assert main(["check", *specs, *words, "--out", str(tmp_path / "out")]) == 1
    lines = (tmp_path / "grades.csv").read_text().splitlines()[1:]
    assert [line.split(",")[1:3] for line in lines] == [
        *(["pass", "0"], ["fail", "1"], ["unusable", "2"])
    ]
    assert "SIGSEGV" in lines[1] and "has no absent" in lines[2]
    assert "1 of 3 passed" in capsys.readouterr().out
