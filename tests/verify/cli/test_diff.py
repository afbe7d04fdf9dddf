"""lenet-verify diff: exit status, one screen, files, and what it refuses."""

from __future__ import annotations

import builtins
import csv
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.docs.derivation import ROOT
from verify.cli import main
from verify.report.drift import COLUMNS
from verify.report.drift_page import page

BASELINE = ROOT / "reports" / "baseline"
Said = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed report."""
    return Path(shutil.copytree(BASELINE, tmp_path / "new"))


def worsened(folder: Path, rows: int = 1) -> Path:
    """With rows that fail."""
    table = (folder / "diff.csv").read_text().split("\n")
    broken = [line.replace(",pass,pass,", ",fail,fail,", 1) for line in table[1 : rows + 1]]
    (folder / "diff.csv").write_text("\n".join([table[0], *broken, *table[rows + 1 :]]))
    return folder


def test_nothing_changed(capsys: Said) -> None:
    assert main(["diff", str(BASELINE), str(BASELINE)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "PASS  2082 rows compared, no regression"


def test_a_regression_on_one_screen(folder: Path, capsys: Said) -> None:
    """Long names of folders are the only thing that may be wider."""
    assert main(["diff", str(BASELINE), str(worsened(folder, 40))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 30
    assert [line for line in lines[2:] if len(line) > 80] == []
    assert lines[-1] == "REGRESSION  40 in 40 places"
    assert "  and 32 more: --csv FILE or --html FILE has all" in lines
    assert any(line.split()[:3] == ["C1.z", "modern", "digits"] for line in lines)


def test_the_folders_that_are_not_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.chdir(folder.parent)
    shutil.copytree(BASELINE, "reports/baseline")
    shutil.copytree(worsened(folder), "reports/latest")
    assert main(["diff"]) == 1
    assert main(["diff", "reports/baseline"]) == 0
    assert main(["diff", "new"]) == 1
    assert main(["diff", "new", "reports/baseline"]) == 0
    capsys.readouterr()


def test_both_files(folder: Path, tmp_path: Path, capsys: Said) -> None:
    table, html = tmp_path / "drift.csv", tmp_path / "drift.html"
    words = ["--csv", str(table), "--html", str(html)]
    assert main(["diff", str(BASELINE), str(worsened(folder)), *words]) == 1
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["regression"], row["change"], row["tensor"]) for row in rows] == [
        ("yes", "verdict", "C1.x")
    ]
    text = html.read_text()
    assert '<h1 class="bad">REGRESSION  1 in 1 places</h1>' in text
    assert re.findall(r"(?:src|href)=", text) == [] and "<script" not in text
    assert text.count("<caption>") == text.count("<table")
    assert not re.search(r"<th(?! scope=)[ >]", text)
    capsys.readouterr()


def test_nothing_of_a_page_is_markup(folder: Path, tmp_path: Path, capsys: Said) -> None:
    text = (folder / "diff.csv").read_text().replace("digits", "<b>digits", 1)
    (folder / "diff.csv").write_text(text)
    html = tmp_path / "drift.html"
    assert main(["diff", str(BASELINE), str(folder), "--html", str(html)]) == 1
    assert "<b>" not in html.read_text() and "&lt;b&gt;digits" in html.read_text()
    capsys.readouterr()


def test_without_jinja(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    known = builtins.__import__

    def without(name: str, *rest: Any, **others: Any) -> Any:
        if name == "jinja2":
            raise ImportError(name)
        return known(name, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    target = folder / "page.html"
    assert main(["diff", str(BASELINE), str(folder), "--html", str(target)]) == 2
    told = capsys.readouterr()
    assert "jinja2" in told.err and told.err.count("\n") == 1 and told.out == ""
    assert not target.exists() and page.__name__ == "page"


HEAD, ROW = (BASELINE / "diff.csv").read_bytes().split(b"\n")[:2]
HOSTILE = {
    "empty": b"",
    "head alone": HEAD + b"\n",
    "another table": (BASELINE / "checks.csv").read_bytes(),
    "twice the column": HEAD + b",own_error\n" + ROW + b",0.0\n",
    "not UTF-8": HEAD + b"\n" + ROW.replace(b"digits", b"\xff\xfe") + b"\n",
    "zero bytes": HEAD + b"\n" + ROW + b"\0\n",
    "no number": HEAD + b"\n" + ROW.replace(b",0.0,", b",much,", 1) + b"\n",
    "less than nothing": HEAD + b"\n" + ROW.replace(b",0.0,", b",-1.0,", 1) + b"\n",
    "no verdict": HEAD + b"\n" + ROW.replace(b",pass,", b",fine,", 1) + b"\n",
    "an open quote": HEAD + b"\n" + ROW.replace(b"digits", b'"digits') + b"\n",
    "too short": HEAD + b"\n" + ROW[:60] + b"\n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_table_that_is_none(folder: Path, data: bytes, capsys: Said) -> None:
    (folder / "diff.csv").write_bytes(data)
    for words in ([str(BASELINE), str(folder)], [str(folder), str(BASELINE)]):
        assert main(["diff", *words]) == 2
        told = capsys.readouterr()
        assert told.err.count("\n") == 1 and str(folder) in told.err and told.out == ""


def test_places_that_are_no_reports(folder: Path, tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "diff.csv").mkdir()
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped" / "diff.csv")
    (tmp_path / "huge").mkdir()
    with (tmp_path / "huge" / "diff.csv").open("wb") as file:
        file.truncate(2**40)
    for name in ("link", "tables", "piped", "huge", "none", "new/diff.csv"):
        assert main(["diff", str(BASELINE), str(tmp_path / name)]) == 2
        told = capsys.readouterr()
        assert told.err.count("\n") == 1 and name in told.err and told.out == "", name


def test_what_cannot_be_asked(tmp_path: Path, capsys: Said) -> None:
    for words in (["a", "b", "c"], ["--csv", "t", "--html", "t"], ["--csv"], ["--out", "x"]):
        assert main(["diff", *words]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert main(["diff", str(BASELINE), str(BASELINE), "--csv", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("kind", ["csv", "html"])
def test_nothing_of_somebody_elses_is_replaced(kind: str, folder: Path, capsys: Said) -> None:
    """``--csv new/diff.csv`` put the changes in the place of the report that they are of."""
    source = folder / "net.py"
    source.write_text("x = 1\n")
    for name in ("diff.csv", "checks.csv", "environment.json", "coverage.csv", "net.py"):
        before = (folder / name).read_bytes()
        words = ["diff", str(BASELINE), str(folder), f"--{kind}", str(folder / name)]
        assert main(words) == 2 and "no such report" in capsys.readouterr().err
        assert (folder / name).read_bytes() == before
    mine = ["diff", str(BASELINE), str(folder), f"--{kind}", str(folder / f"mine.{kind}")]
    assert main(mine) == main(mine) == 0  # one's own is replaced


def test_reports_without_a_row_in_common_are_no_pass(folder: Path, capsys: Said) -> None:
    table = (folder / "diff.csv").read_text().replace("modern,", "other,").replace("1998,", "yet,")
    (folder / "diff.csv").write_text(table)
    assert main(["diff", str(BASELINE), str(folder), "--common"]) == 2
    assert "have no row in common" in capsys.readouterr().err
