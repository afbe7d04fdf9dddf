"""Mistakes handed in, from the command line: a table, an exit status, options obeyed or refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.verify.proof.test_faults_levels import EXAM, SIGN, acquitted
from verify.cli import main
from verify.judge.judge import Judge
from verify.proof.faults import campaign
from verify.proof.faults.campaign import judged, right_trials, trials
from verify.proof.faults.trial import COLUMNS


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of case, one convention, one level."""
    monkeypatch.setattr(campaign, "EVERY_WAY", EXAM)
    monkeypatch.setattr(trials, "__defaults__", (EXAM, judged))
    monkeypatch.setattr(right_trials, "__defaults__", (EXAM, judged))


def run(folder: Path, *words: str) -> int:
    return main(["faults", "--levels", "--jobs", "1", "--out", str(folder), *words])


@pytest.mark.usefixtures("few")
def test_the_command_writes_a_table_and_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--name", SIGN.name) == 0
    assert "PASS  0 passed, 0 false alarms" in capsys.readouterr().out
    with (tmp_path / "levels.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {r["fault"] for r in rows} == {"(right)", SIGN.name}
    assert {r["outcome"] for r in rows} == {"right", "caught"}


@pytest.mark.usefixtures("few")
def test_a_lenient_judge_is_noticed_by_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Judge.findings
    monkeypatch.setattr(Judge, "findings", lambda *asked: [acquitted(f) for f in found(*asked)])
    assert run(tmp_path, "--name", SIGN.name) == 1
    assert f"PASSED: {SIGN.name}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--full"], ["--jobs", "0"], ["--name", "no-such"]])
def test_options_are_obeyed_or_refused(words: list[str], tmp_path: Path) -> None:
    assert run(tmp_path, *words) == 2
