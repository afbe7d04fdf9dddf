"""docs/verify-your-own.md: its commands are run, and what it shows is what they print."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.docs.derivation import ROOT
from verify.cases.plan import Job
from verify.cli import main
from verify.cli.grades import GRADES
from verify.exchange.layout import CHOICES
from verify.exchange.mapping import read_layout
from verify.subjects.reference import reference

TEXT = (ROOT / "docs" / "verify-your-own.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PLAIN = [body for language, body in BLOCKS if not language]


def said(words: str, status: int, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command of the page prints."""
    assert words in TEXT
    assert main(words.split()[1:]) == status
    return capsys.readouterr().out


def test_the_hunt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    command = "lenet-verify check examples/numpy_student.py:lenet --variant modern --seed 0"
    shown = next(body for body in PLAIN if body.startswith("modern: guilty"))
    found = said(command, 1, capsys)
    numbers = re.compile(r"[-\d.]+(e-?\d+)?")  # the last digits are the machine's
    for line in shown.splitlines():
        assert numbers.sub("#", line) in numbers.sub("#", found), line
    said("lenet-verify check examples/numpy_student.py:lenet_fixed --variant modern", 0, capsys)


def test_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said("lenet-verify golden --variant modern --out golden --format bin --c-header", 0, capsys)
    assert "#define LENET_C3_dW 2400" in Path("golden/lenet.h").read_text()
    shutil.copytree("golden", "results")
    Path("results/manifest.json").unlink()
    said("lenet-verify check results --case golden", 0, capsys)


def test_the_grades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said("lenet-verify golden --variant modern --inputs-only --out exam", 0, capsys)
    case = replace(Job("modern", "kink-free", "float64", 3).case(), upstream=None)
    right = {k: v for k, v in reference(case).items() if k.split(".")[1] in ("y", "dy", "dW", "db")}
    averaged = {"C1.db": right["C1.db"] / 784, "C3.db": right["C3.db"] / 100}
    submissions = {
        "anna": right,
        "ben": {**right, **averaged},
        "cleo": {"conv1.db": right["C1.db"]},
        "dora": {k: v for k, v in right.items() if k.startswith("F")},
    }
    for name, arrays in submissions.items():
        (tmp_path / "submissions" / name).mkdir(parents=True)
        np.savez(tmp_path / "submissions" / name / "answers.npz", **arrays)  # type: ignore[arg-type]
    command = next(body for body in PLAIN if "--table" in body).split()[1:]
    at = command.index("submissions/*/")
    command[at : at + 1] = [f"submissions/{name}/" for name in sorted(submissions)]
    assert main(command) == 1
    found = capsys.readouterr().out
    shown = next(body for body in PLAIN if body.startswith("submission"))
    for line in shown.splitlines():
        for cell in re.split(r" {2,}", line.strip()):
            assert cell in found, cell
    assert Path("grades.csv").read_text().splitlines()[0] == ",".join(GRADES)


def test_the_mapping(tmp_path: Path) -> None:
    """The example is readable and names every key there is."""
    example = next(body for language, body in BLOCKS if language == "toml")
    (tmp_path / "m.toml").write_text(example)
    layout = read_layout(tmp_path / "m.toml")
    assert set(layout.chosen) == {key for keys in CHOICES.values() for key in keys}
    for keys in CHOICES.values():
        for key, values in keys.items():
            line = next(line for line in example.splitlines() if line.startswith(f"{key} ="))
            assert all(value in line for value in values), line
