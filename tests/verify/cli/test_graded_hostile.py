"""Submissions that fight whoever judges them: a line each, and nothing left."""

from __future__ import annotations

import csv
import os
import tempfile
import time
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from verify.cli import main
from verify.report.text import cell

RIGHT = (ROOT / "examples" / "numpy_student.py").read_text() + "\nlenet = lenet_fixed\n"
ENDS = """
import os, time
def lenet(parameters, images, labels):
    os.system(f"kill -9 {{os.getppid()}}")  # another program's signal is not seen
    open({file!r}, "w").write(str(os.getpid()))
    time.sleep(300)
"""
ASK = ["--entry", "student.py:lenet", "--variant", "modern", "--seed", "3", "--regime", "digits",
       "--batch", "2", "3"]  # fmt: skip


def put(folder: Path, name: str, code: str) -> str:
    (folder / name).mkdir()
    (folder / name / "student.py").write_text(code)
    return str(folder / name)


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_who_ends_its_judge_has_a_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process, and the files of its judge, go with it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    pid = tmp_path / "pid"
    subjects = [put(tmp_path, "anna", RIGHT), put(tmp_path, "ben", ENDS.format(file=str(pid))),
                put(tmp_path, "cleo", RIGHT), put(tmp_path, "dora", RIGHT)]  # fmt: skip
    words = ["check", *subjects, *ASK, "--table", "g.csv", "--jobs", "2", "--feedback", "told"]
    assert main(words) == 1
    found = rows(tmp_path / "g.csv")
    assert [row["verdict"] for row in found] == ["pass", "unusable", "pass", "pass"]
    assert "its judge was ended by SIGKILL" in found[1]["cause"]
    assert "could not be judged" in (tmp_path / "told" / "ben.md").read_text()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Path(f"/proc/{pid.read_text()}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{pid.read_text()}").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_feedback_that_cannot_be_written_is_said_first(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    words = ["check", put(tmp_path, "anna", RIGHT), *ASK, "--table", str(tmp_path / "g.csv")]
    assert main([*words, "--feedback", str(tmp_path / "shut" / "x")]) == 2


def test_a_file_where_feedback_should_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anybody is judged where that can be known; else the table says it, and is whole."""
    monkeypatch.chdir(tmp_path)
    words = ["check", put(tmp_path, "anna", RIGHT), *ASK, "--table", "g.csv", "--feedback"]
    (tmp_path / "file").touch()
    assert main([*words, "file"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("lenet-verify: file: cannot be written") and said.count("\n") == 1
    assert not (tmp_path / "g.csv").exists()
    (tmp_path / "told" / "anna.md").mkdir(parents=True)
    assert main([*words, "told"]) == 0
    (row,) = rows(tmp_path / "g.csv")
    assert row["verdict"] == "pass" and row["cause"].startswith("no feedback: told/anna.md")


def test_names_that_would_be_formulas_or_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["=1+1", "@SUM(A1)", "+1", "<script>", 'a,b"c', "x\ny"]
    subjects = [put(tmp_path, name, "nothing") for name in names]
    words = ["check", *subjects, *ASK, "--table", "g.csv", "--feedback", "told", "--jobs", "2"]
    assert main(words) == 1
    found = [row["submission"] for row in rows(tmp_path / "g.csv")]
    assert found == [cell(name) for name in names]
    assert not any(name.startswith(("=", "@", "+")) for name in found)
    assert all("<script>" not in path.read_text() for path in Path("told").glob("*.html"))
    assert len(list(Path("told").iterdir())) == 2 * len(names)


def test_points_that_cannot_be_read_end_before_anybody_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    subject = put(tmp_path, "anna", RIGHT)
    (tmp_path / "p.toml").write_text('[weight]\n"C33.dW" = 2\n')
    table = ["--table", "g.csv", "--points", "p.toml"]
    assert main(["check", subject, *ASK, *table]) == 2
    assert "expected C3.dW" in capsys.readouterr().err
    unsaid = [w for w in ASK if w not in ("--variant", "modern")]
    assert main(["check", subject, *unsaid, *table]) == 2
    assert "--points: of which network?" in capsys.readouterr().err
    assert not (tmp_path / "g.csv").exists()
