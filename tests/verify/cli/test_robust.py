"""Whatever happens around a run: one line, the documented status, and nothing lost."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from verify.cases.machine import available
from verify.checks.outcome import concluded
from verify.cli import main
from verify.cli.grades import places
from verify.errors import OutputError
from verify.report.files import write_csv

Judged = Callable[..., object]
NOTHING = concluded([])
"""What comes of a subject that supplied nothing."""


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


class SilentError(Exception):
    """Has no text."""

    def __str__(self) -> str:
        raise OSError


def raising(*errors: BaseException) -> Judged:
    """A judge who raises one after the other."""
    left = list(errors)

    def judged(*_: object) -> object:
        raise left.pop(0)

    return judged


def check(tmp_path: Path, *words: str) -> int:
    """The command on three folders, into a table that exists."""
    for name in "abc":
        (tmp_path / name).mkdir(exist_ok=True)
    subjects = [str(tmp_path / name) for name in "abc"]
    out = ["--table", str(tmp_path / "t.csv"), "--out", str(tmp_path / "out")]
    return main(["check", *subjects, "--variant", "modern", *out, *words])


def test_whatever_is_raised_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for errors in (
        (RecursionError("deep"), MemoryError(), OSError(28, "full", "\udcff\n")),
        (UnicodeError("\x1b[2J"), SilentError(), AssertionError("=cmd()")),
    ):
        monkeypatch.setattr("verify.cli.check.judged", raising(*errors))
        assert check(tmp_path) == 1
        for row, error in zip(table(tmp_path / "t.csv"), errors, strict=True):
            assert (row["verdict"], row["status"]) == ("unusable", "2")
            start = f"internal error, please report: {type(error).__name__}: "
            assert row["cause"].startswith(start) and row["cause"].isprintable()


OLD = "submission,verdict,status\nold,pass,0\n"


def test_an_interrupt_loses_no_grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(OLD)
    monkeypatch.setattr(
        "verify.cli.check.judged", raising(OSError(), OSError(), KeyboardInterrupt())
    )
    assert check(tmp_path) == 130
    assert (tmp_path / "t.csv").read_text() == OLD
    assert [row["submission"] for row in table(tmp_path / "t.csv.partial")] == ["a", "b"]
    said = capsys.readouterr().err
    assert "interrupted; 2 of 3 graded, kept in" in said and said.count("\n") == 1


def test_rows_are_written_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def judged(*_: object) -> object:
        [path] = tmp_path.glob(".t.csv.*")
        seen.append(path.read_text().count("\n"))
        return NOTHING

    monkeypatch.setattr("verify.cli.check.judged", judged)
    assert check(tmp_path) == 1
    assert seen == [1, 2, 3]


BAD = [
    words.split()
    for words in (
        "--case /nowhere",
        "--mapping /nowhere",
        "--mapping /dev/zero",
        "--out /dev/null",
        "--out /dev/null/x",
        "--table /dev/full",
        "--table /",
        "--table /dev/null/t.csv",
        "--option channels=100000000",
        "--option reg",
        "--seconds nan",
        "--seconds 1e9",
        "--memory 100000000000",
    )
]


@pytest.mark.parametrize("words", BAD, ids=lambda words: "=".join(words))
def test_what_the_operator_got_wrong_is_found_first(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "t.csv").write_text("old")
    asked: list[object] = []
    monkeypatch.setattr("verify.cli.check.judged", lambda *_: asked.append(1) or NOTHING)
    assert check(tmp_path, *words) == 2
    assert asked == []
    assert (tmp_path / "t.csv").read_text() == "old"
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "Traceback" not in said.err and said.out == ""


def test_a_convention_that_the_network_lacks_is_found_first(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[conventions]\nrbf = "half"')
    assert check(tmp_path, "--mapping", str(tmp_path / "m.toml")) == 2
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--batch", "100000000"],
        ["--batch", "7", "--jobs", "1000000", "--seeds", "10000"],
        ["--seeds", "100000000"],
        ["--option", "channels=100000000", "--variant", "modern"],
    ],
)
def test_what_cannot_fit_is_not_tried(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    start = time.monotonic()
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and ("fit into memory" in said or "too many cases" in said)
    assert time.monotonic() - start < 30
    assert not (tmp_path / "out").exists()


def test_a_small_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    golden = ["golden", "--variant", "modern", "--batch", "9", "--out", str(tmp_path / "g")]
    for free, status in ((2**24, 2), (2**28, 0)):
        monkeypatch.setattr("verify.cases.machine.available", lambda free=free: free)
        assert main(golden) == status
    monkeypatch.setattr("verify.cases.machine.available", lambda: 2**24)
    assert main(["check", str(tmp_path / "g"), "--out", str(tmp_path / "out")]) == 2
    monkeypatch.undo()
    assert available() > 2**26


@contextmanager
def small_disk() -> Iterator[None]:
    """No file grows beyond 10,000 bytes: what a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_half_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("old")
    with small_disk():
        with pytest.raises(OutputError, match="cannot be written: File too large"):
            write_csv(tmp_path / "t.csv", ("x",), [{"x": "y" * 90}] * 10_000)
        words = ["golden", "--variant", "modern", "--batch", "1", "--out", str(tmp_path / "g")]
        assert main(words) == 2
        assert main(["--quick", "--variant", "modern", "--out", str(tmp_path / "out")]) == 2
    assert (tmp_path / "t.csv").read_text() == "old"
    assert [p.name for p in (tmp_path / "out").iterdir()] == []
    assert [p.name for p in tmp_path.glob(".*")] == []
    assert capsys.readouterr().err.count("\n") == 2


def shell(line: str) -> tuple[int, str, str]:
    """Run with streams closed or full."""
    command = line.replace("lenet-verify", f"{sys.executable} -m verify")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_closed_and_full_streams() -> None:
    assert shell("lenet-verify describe >&- 2>&-") == (0, "", "")
    assert shell("lenet-verify check --nonsense <&- >&- 2>&-") == (2, "", "")
    full = shell("lenet-verify describe >/dev/full")
    assert full[0] == 0 and full[2].count("\n") == 1 and "No space left" in full[2]


def test_one_run_waits_for_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = []

    def judged(*_: object) -> object:
        monkeypatch.undo()
        inner.append(main(["check", "x", "--variant", "modern", "--out", str(tmp_path / "out")]))
        return NOTHING

    monkeypatch.setattr("verify.cli.check.judged", judged)
    words = ["check", "y", "--variant", "modern", "--out", str(tmp_path / "out")]
    assert main(words) == 1 and inner == [2]
    assert "another run is writing there" in capsys.readouterr().err


def test_places_of_reports() -> None:
    names = [
        "a/b",
        "a_b",
        "a:b",
        "..",
        ".",
        "x" * 300,
        "x" * 301,
        "\n",
        "\udcff",
        "ok.npz",
        "ok.npz",
    ]
    found = places(names)
    assert len(set(found)) == len(names) and found[0] == "a_b" and found[-2] == "ok.npz"
    assert all(p.isprintable() and "/" not in p and p.strip(".") and len(p) < 120 for p in found)
