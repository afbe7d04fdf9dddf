"""A program in any language: started without a shell, limited, judged by what it wrote."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from verify.cli import main
from verify.errors import InputError
from verify.subjects.limits import Limits
from verify.subjects.program import Run, filled, run, split

PROGRAM = Path(__file__).with_name("program.py")

FEW = ("--regime", "digits", "--batch", "1", "2")
"""Three cases, with those of other weights: the usual eight say no more of a program's end."""


def check(tmp_path: Path, what: str, *words: str) -> int:
    """The command on the test program."""
    command = f"{sys.executable} {PROGRAM} {what} {{inputs}} {{outputs}}"
    out = ["--out", str(tmp_path / "out")]
    return main(["check", "--program", command, "--variant", "modern", *FEW, *out, *words])


def test_a_right_program_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "right") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASS")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("dies", "the program was ended by SIGSEGV"),
        ("refuses", "exit status 1; last words: cannot open the input"),
        ("silent", "nothing that could be judged"),
        ("short", "C3.dW"),
        ("hungry", "MemoryError"),
        ("link", "C1.y"),
    ],
)
def test_what_goes_wrong_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, expected: str
) -> None:
    assert check(tmp_path, what) == 1
    out = capsys.readouterr().out
    assert expected in out
    assert out.splitlines()[-1].startswith("FAIL")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that were started."""
    names: list[str] = []

    def counted(words: Sequence[str], limits: Limits) -> Run:
        names.append(words[0])
        return run(words, limits)

    monkeypatch.setattr("verify.subjects.program.run", counted)
    return names


def test_a_hang_is_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    """And not asked again as another network: that takes as long for each of them."""
    start = time.monotonic()
    assert check(tmp_path, "hangs", "--seconds", "0.5") == 1
    assert "no end within 0.5 s (--seconds)" in capsys.readouterr().out
    assert len(started) == 3
    assert time.monotonic() - start < 300  # it sleeps for 600


@pytest.mark.parametrize("command", ["check", "map"])
def test_a_hang_is_no_question_of_the_network(
    command: str, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    program = f"{sys.executable} {PROGRAM} hangs {{inputs}} {{outputs}}"
    assert main([command, "--program", program, "--seconds", "0.5"]) == 2
    said = capsys.readouterr().err
    assert "does not answer: no end within 0.5 s (--seconds)" in said and said.count("\n") == 1
    assert len(started) == 1


def test_printing_is_mentioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, "noisy") == 0
    assert "300,003 bytes to standard output" in capsys.readouterr().out


def test_descendants_end_with_the_program(tmp_path: Path) -> None:
    words = ["sh", "-c", f"(sleep 30; touch {tmp_path}/late) & exec sleep 30"]
    start = time.monotonic()
    assert run(words, Limits(0.2, 1024)).failed == "no end within 0.2 s (--seconds)"
    assert time.monotonic() - start < 25  # each of them sleeps for 30


def test_there_is_no_shell(tmp_path: Path) -> None:
    words = split("echo {inputs}; touch 'a b' $(touch c) {outputs}")
    inputs, outputs = tmp_path / "in put", tmp_path / "out;put"
    assert filled(words, inputs, outputs) == [
        *("echo", f"{inputs};", "touch", "a b", "$(touch", "c)", str(outputs))
    ]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("./lenet '{inputs} {outputs}", "cannot be split"),
        ("./lenet {inputs}", "expected {outputs}"),
        ("./lenet", "expected {inputs} and {outputs}"),
    ],
)
def test_an_unusable_command(command: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        split(command)


@pytest.mark.parametrize("name", ["./no-such-program", "/", "README.md"])
def test_a_program_that_cannot_be_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words = ["check", "--program", f"{name} {{inputs}} {{outputs}}", "--variant", "modern"]
    assert main([*words, "--out", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "cannot be started" in err
    assert err.count("\n") == 1
