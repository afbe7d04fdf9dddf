"""docs/grading.md: its commands, workflow and notebook cell are run, its figures are held."""

from __future__ import annotations

import ast
import csv
import os
import re
import shlex
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lenet_ref.architecture import modern
from tests.docs.derivation import ROOT
from tests.warm import python
from verify.cli import main
from verify.cli.check_options import parser
from verify.cli.grades import POINTS
from verify.cli.states import STATES
from verify.exchange.exams import SECRET
from verify.exchange.points import read_points

TEXT = (ROOT / "docs" / "grading.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, body in BLOCKS if not kind for line in body.splitlines()]
STUDENT = (ROOT / "examples" / "numpy_student.py").read_text()
LEAST = ["--regime", "digits", "--batch", "2", "3"]
"""What makes each of many checks short; the page asks the whole plan."""


def block(kind: str) -> str:
    """The one of its kind."""
    (found,) = (body for name, body in BLOCKS if name == kind)
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Submissions of two students, points, and no more."""
    right = STUDENT + "\nlenet = lenet_fixed\n"
    (tmp_path / "submissions" / "anna").mkdir(parents=True)
    (tmp_path / "submissions" / "anna" / "student.py").write_text(right)
    with zipfile.ZipFile(tmp_path / "submissions" / "ben.zip", "w") as archive:
        archive.writestr("ben/student.py", STUDENT)
    (tmp_path / "points.toml").write_text(block("toml"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def expanded(command: str) -> list[str]:
    """As a shell does it, without the program."""
    found = []
    for word in shlex.split(command)[1:]:
        found += sorted(map(str, Path().glob(word))) if "*" in word else [word]
    return found


def rows() -> dict[str, dict[str, str]]:
    with Path("grades.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["submission"]: row for row in csv.DictReader(table)}


GRADED = [c for c in COMMANDS if c.startswith("lenet-verify check submissions") and "--entry" in c]


@pytest.mark.parametrize("command", GRADED)
def test_each_command_grades_two_submissions(here: Path, command: str) -> None:
    assert main([*expanded(command), *LEAST]) == 1
    assert {name: row["verdict"] for name, row in rows().items()} == {
        "anna": "pass", "ben.zip": "fail"}  # fmt: skip
    if "--points" in command:
        assert rows()["anna"]["points"] == rows()["anna"]["of"] == "12.0"
        assert rows()["ben.zip"]["points"] == "11.0"
    assert (here / "feedback" / "anna.html").is_file() == ("--feedback" in command)


def test_nothing_else_is_shown_that_nobody_runs() -> None:
    exam = [c for c in COMMANDS if "--key" in c]
    others = {*COMMANDS} - {*GRADED} - {*exam}
    assert len(GRADED) == 3 and len(exam) == 2
    assert {c.split()[0] for c in others} == {"gh", "lenet-verify"}
    (again,) = (c for c in others if c.startswith("lenet-verify"))
    assert again.replace("lenet-submissions", "submissions") in GRADED


def test_the_exam(here: Path) -> None:
    draw, judge = (c for c in COMMANDS if "--key" in c)
    assert main(expanded(draw)) == 0
    for path in (here / "submissions").glob("*"):
        path.rename(here / path.name)
    (here / "submissions" / "cleo").mkdir()
    (here / "key" / "tensors.npz").rename(here / "submissions" / "cleo" / "answers.npz")
    assert main(expanded(judge)) == 0
    assert [*rows()] == ["cleo"]


def test_the_points_are_those_of_the_page(here: Path) -> None:
    found = read_points(Path("points.toml"), modern())
    assert sum(found.values()) == 12 and "`of` is 12" in TEXT
    assert found == {"C1.dW": 1, "C1.db": 0.5, "C3.dW": 4, "C3.db": 0.5, "C5.dW": 2, "C5.db": 1,
                     "F6.dW": 1, "F6.db": 0.5, "F7.dW": 1, "F7.db": 0.5}  # fmt: skip


def test_the_workflow_judges(here: Path) -> None:
    """Its steps, in a shell, in a student's repository; nothing is installed."""
    flow = block("yaml")
    steps = re.findall(r"^      - name: (\w+)\n(?:        if: .*\n)?        run: (.*)$", flow, re.M)
    assert [name for name, _ in steps] == ["install", "judge", "feedback"]
    program = here / "bin" / "lenet-verify"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{python()}" -m verify "$@" {" ".join(LEAST)}\n')
    program.chmod(0o755)
    summary = here / "summary.md"
    room = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(summary)}  # fmt: skip
    (here / "repository").mkdir()
    (here / "repository" / "student.py").write_text(STUDENT)
    statuses = [subprocess.run(["bash", "-ec", run], cwd=here / "repository", env=room,
                               capture_output=True, check=False).returncode
                for _, run in steps[1:]]  # fmt: skip
    assert statuses == [1, 0]
    assert "## Where to look first: F6.dz" in summary.read_text()


def test_the_workflow_is_one() -> None:
    yaml: Any = pytest.importorskip("yaml", reason="PyYAML is not installed")
    flow = yaml.safe_load(block("yaml"))
    steps = flow["jobs"]["judge"]["steps"]
    assert [*flow["jobs"]["judge"]] == ["runs-on", "timeout-minutes", "steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)


def test_the_cell_of_a_notebook(here: Path) -> None:
    """Its last expression is the number of points; nothing goes to standard error."""
    (here / "student.py").write_text(STUDENT)
    for path in (here / "submissions" / "anna" / "student.py", here / "submissions" / "ben.zip"):
        path.unlink()
    tree = ast.parse(block("python"))
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    room: dict[str, Any] = {}
    exec(compile(tree, "cell", "exec"), room)
    assert eval(compile(ast.Expression(last.value), "cell", "eval"), room) == 11.0
    assert "11 of 12 points" in TEXT


def test_columns_and_options_are_named() -> None:
    for name in ("points", "of", "share_of_required", "undecided", *STATES):
        assert f"`{name}`" in TEXT, name
    manual = (ROOT / "reports" / "README.md").read_text()
    assert all(f"`{name}`" in manual for name in (*POINTS, *STATES) if name != "of")
    known = {flag for action in parser()._actions for flag in action.option_strings}
    assert {*re.findall(r"`(--[a-z]+)", TEXT)} <= known
    assert f"{SECRET} bits" in TEXT
