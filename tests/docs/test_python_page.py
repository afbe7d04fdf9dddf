"""docs/python.md: its code is run, what it shows is printed, its table has every argument."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import verify
from tests.docs.derivation import ROOT
from verify.cli.check_options import parser

TEXT = (ROOT / "docs" / "python.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
CODE = [body for language, body in BLOCKS if language == "python"]
SHOWN = [body for language, body in BLOCKS if not language]
ROWS = [row.split(" | ") for row in re.findall(r"^\| (`.+) \|$", TEXT, re.MULTILINE)]
ARGUMENTS = [row for row in ROWS if len(row) == 3]
MEMBERS = [name for row in ROWS if len(row) == 2 for name in re.findall(r"`(\w+)[`(]", row[0])]


def words(cells: str) -> list[str]:
    return re.findall(r"`([\w-]+)`", cells)


def test_its_code_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From top to bottom, in a folder with the examples in it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for body in CODE:
        exec(compile(body, "docs/python.md", "exec"), names)
    (shown,) = SHOWN
    number = re.compile(r"\d\.\d+")
    assert number.sub("#", capsys.readouterr().out) == number.sub("#", shown)
    assert (tmp_path / "reports" / "mine" / "diff.csv").is_file()
    assert {language for language, _ in BLOCKS} == {"python", ""}


def test_the_table_has_every_argument() -> None:
    listed = [name for row in ARGUMENTS for name in words(row[0])]
    taken = [*inspect.signature(verify.check).parameters][1:]
    assert sorted(listed) == sorted(taken) and len({*listed}) == len(listed)


def test_every_option_of_the_command_is_an_argument() -> None:
    """But for where results go, and what is of many subjects."""
    options = [name for row in ARGUMENTS for name in re.findall(r"--([a-z]+)", row[1])]
    results = {"help", "subject", "table", "out", "html", "json", "junit", "markdown"}
    many = {
        "entry",
        "points",
        "feedback",
        "expected",
        "jobs",
        "dask",
        "key",
    }  # key: case takes its folder
    known = {action.dest for action in parser()._actions} - results - many
    assert known and known <= {*options}, known - {*options}


def test_a_report_has_what_the_page_says() -> None:
    assert len(MEMBERS) == 11
    for name in MEMBERS:
        assert hasattr(verify.Report, name) or name in verify.Report.__dataclass_fields__, name
    public = {name for name in vars(verify.Report) if not name.startswith("_")}
    assert public - {*MEMBERS} == {"title"}
