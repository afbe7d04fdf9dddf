"""A run that was stopped, or killed, goes on: the same bytes as of a run that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from lenet_ref.layers import affine
from tests.docs.derivation import ROOT
from verify.cases.plan import Job
from verify.cli import main
from verify.judge.findings import Finding
from verify.pipeline.run import Settings, judge_job

FILES = ("diff.csv", "layers.csv", "summary.csv", "checks.csv")
STAMP = "environment.json"
WORDS = ("--variant", "modern", "--regime", "digits", "--tier", "float64", "--batch", "1")
PARQUET = ("--format", "both")


def run(out: Path, *words: str, seeds: int = 12, jobs: int = 1) -> int:
    many = ["--seeds", str(seeds), "--jobs", str(jobs)]
    return main([*WORDS, *many, "--out", str(out), *words])


def stopped(monkeypatch: pytest.MonkeyPatch, after: int, error: BaseException) -> list[Job]:
    """The next run is stopped after so many jobs; those that it was asked for."""
    judged: list[Job] = []

    def judge(job: Job, settings: Settings) -> list[Finding]:
        judged.append(job)
        if len(judged) > after:
            raise error
        return judge_job(job, settings)

    monkeypatch.setattr("verify.pipeline.run.judge_job", judge)
    return judged


def differing(one: Path, other: Path, names: Sequence[str] = FILES) -> list[str]:
    """Files that are not the same, byte for byte."""
    return [n for n in names if (one / n).read_bytes() != (other / n).read_bytes()]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody stopped."""
    out = tmp_path_factory.mktemp("whole")
    assert run(out, *PARQUET) == 0
    return out


@pytest.mark.parametrize("after", [1, 6, 11])
def test_what_was_interrupted_goes_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        stopped(patch, after, KeyboardInterrupt())
        assert run(tmp_path, *PARQUET) == 130
    assert "--resume goes on with them" in capsys.readouterr().err
    assert {"diff.csv.partial", "diff.parquet.000001.partial", "sweep.json.partial"} <= (
        names(tmp_path)
    )
    judged: list[Job] = []
    monkeypatch.setattr(
        "verify.pipeline.run.judge_job",
        lambda j, settings: judged.append(j) or judge_job(j, settings),
    )
    assert run(tmp_path, *PARQUET, "--resume") == 0
    assert [job.seed for job in judged] == list(range(after, 12))
    assert differing(whole, tmp_path, (*FILES, STAMP, "diff.parquet")) == []
    assert names(tmp_path) == names(whole)


def test_the_rows_as_parquet_are_those_as_csv(whole: Path) -> None:
    typed, text = (
        pd.read_parquet(whole / "diff.parquet"),
        pd.read_csv(
            whole / "diff.csv",
            keep_default_na=False,
            na_values=["nan"],
        ),
    )
    assert len(typed) == len(text) == 12 * 84
    for name in text:
        kind = typed[name].dtype
        assert typed[name].equals(text[name].astype(kind)), name


def test_a_sweep_does_not_shrink(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 5, KeyboardInterrupt())
        assert run(tmp_path) == 130
    assert run(tmp_path, "--resume", seeds=4) == 2
    assert "had come further; got 4 cases; expected 5 or more" in capsys.readouterr().err
    assert run(tmp_path, "--resume", seeds=5) == 0


def test_a_sweep_can_grow(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path, seeds=5) == 130
    assert run(tmp_path, "--resume") == 0
    assert differing(whole, tmp_path) == []


def test_an_error_keeps_what_there_was(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 7, MemoryError())
        assert run(tmp_path) == 2
    assert names(tmp_path) == {"diff.csv.partial", "sweep.json.partial"}
    assert run(tmp_path, "--resume", "--format", "csv") == 0
    assert differing(whole, tmp_path) == []


def test_failures_are_told_as_if_nothing_had_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said of them is more than their rows: the jobs that showed them are judged again."""
    right = affine.weight_gradient
    monkeypatch.setattr(affine, "weight_gradient", lambda *a, **k: 2 * right(*a, **k))
    assert run(tmp_path / "a", "--rows", "failing") == 1
    told = capsys.readouterr().out.replace(str(tmp_path / "a"), "")
    with monkeypatch.context() as patch:
        stopped(patch, 8, KeyboardInterrupt())
        assert run(tmp_path / "b", "--rows", "failing") == 130
    capsys.readouterr()
    assert run(tmp_path / "b", "--rows", "failing", "--resume") == 1
    assert capsys.readouterr().out.replace(str(tmp_path / "b"), "") == told
    assert "F6" in told and "F7" in told
    assert differing(tmp_path / "a", tmp_path / "b", (*FILES, STAMP, "failing.npz")) == []


@pytest.mark.parametrize("other", [["--batch", "2"], ["--rows", "failing"], ["--format", "both"],
                                   ["--tensor", "F6.y"]])  # fmt: skip
def test_another_run_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    other: list[str],
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path) == 130
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    capsys.readouterr()
    assert run(tmp_path, *other, "--resume") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "the run that ended there had another" in err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("damage", ["{", '{"done": 3}', "[]"])
def test_what_is_damaged_is_not_gone_on_with(
    tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sweep.json.partial").write_text(damage)
    assert run(tmp_path, "--resume") == 2
    assert "cannot be gone on with" in capsys.readouterr().err


def test_rows_that_are_gone_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path) == 130
    (tmp_path / "diff.csv.partial").write_text("")
    assert run(tmp_path, "--resume") == 2
    assert "the rows are not there" in capsys.readouterr().err


def test_nothing_to_go_on_with_is_said(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--resume") == 0
    assert "nothing to go on with" in capsys.readouterr().err
    assert differing(whole, tmp_path) == []


def test_a_new_run_begins_anew(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path, *PARQUET) == 130
    assert run(tmp_path) == 0
    assert differing(whole, tmp_path) == []
    assert names(tmp_path) == {*FILES, STAMP}


def test_reports_that_hold_every_row_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--resume", "--json", str(tmp_path / "x.json")]) == 2
    assert "--resume and --json: cannot be obeyed together" in capsys.readouterr().err


def test_what_was_killed_goes_on(whole: Path, tmp_path: Path) -> None:
    """By a process that knows nothing of the first; what it has not told of is judged again."""
    words = [sys.executable, "-m", "verify", *WORDS, *PARQUET, "--out", str(tmp_path)]
    first = subprocess.Popen([*words, "--seeds", "90", "--jobs", "2"], cwd=ROOT,
                             stdout=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".report.*/sweep.json.partial")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    [left] = tmp_path.iterdir()
    assert left.name.startswith(".report.")
    asked = [*words, "--seeds", "90", "--resume"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert run(whole / "90", *PARQUET, seeds=90, jobs=2) == 0
    assert differing(whole / "90", tmp_path, (*FILES, "diff.parquet")) == []
