"""What a run that goes on must survive: a full disk, a damaged word, a report that is there."""

from __future__ import annotations

import json
import resource
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.verify.cli.test_resume import differing, names, run, stopped
from verify.cases.plan import Job
from verify.cli import main
from verify.judge.findings import Finding
from verify.pipeline.run import Settings, judge_job
from verify.report.folder import STAGED
from verify.report.unfinished import LARGEST, PARTIAL, SWEEP


def test_kinds_stand_in_the_order_of_their_first_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two kinds the second fails alone: its jobs are judged again, before all others."""

    def judge(job: Job, settings: Settings) -> list[Finding]:
        from lenet_ref.layers import affine

        with pytest.MonkeyPatch.context() as patch:
            right = affine.weight_gradient
            if job.batch == 7:
                patch.setattr(affine, "weight_gradient", lambda *a, **k: 2 * right(*a, **k))
            return judge_job(job, settings)

    words = ["--variant", "modern", "--regime", "digits", "--tier", "float64", "--jobs", "1"]
    asked = [*words, "--batch", "1", "7", "--seeds", "3", "--out"]
    monkeypatch.setattr("verify.pipeline.run.judge_job", judge)
    assert main([*asked, str(tmp_path / "a")]) == 1
    count = [0]

    def until(job: Job, settings: Settings) -> list[Finding]:
        count[0] += 1
        if count[0] > 4:
            raise KeyboardInterrupt
        return judge(job, settings)

    monkeypatch.setattr("verify.pipeline.run.judge_job", until)
    assert main([*asked, str(tmp_path / "b")]) == 130
    monkeypatch.setattr("verify.pipeline.run.judge_job", judge)
    assert main([*asked, str(tmp_path / "b"), "--resume"]) == 1
    assert differing(tmp_path / "a", tmp_path / "b") == []


def test_a_full_disk_loses_nothing_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("verify.cli.tracks.EVERY", 0.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, before[1]))
    try:
        assert run(tmp_path / "out") == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert names(tmp_path / "out") == {"diff.csv.partial", "sweep.json.partial"}
    capsys.readouterr()
    assert run(tmp_path / "out", "--resume") == 0
    assert capsys.readouterr().err == ""
    assert run(tmp_path / "whole") == 0
    assert differing(tmp_path / "whole", tmp_path / "out") == []


DAMAGED: dict[str, Any] = {
    "tally": {}, "sums": {}, "telling": ["x"], "done": "3", "files": {}, "asked": [],
}  # fmt: skip


@pytest.mark.parametrize("part", [*DAMAGED, "done below", "files below", "telling beyond"])
def test_what_is_damaged_is_one_line_and_left(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopped(patch, 2, KeyboardInterrupt())
        assert run(tmp_path) == 130
    path = tmp_path / f"{SWEEP}{PARTIAL}"
    told = json.loads(path.read_text())
    name, below = part.split()[0], -1
    wrong = {"done below": below, "files below": {"diff.csv": below}, "telling beyond": [9]}
    path.write_text(json.dumps(told | {name: wrong.get(part, DAMAGED.get(part))}))
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    capsys.readouterr()
    assert run(tmp_path, "--resume") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and len(err) < 700
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_who_is_refused_loses_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An earlier one is whole, and beside it lies a run that was killed."""
    assert run(tmp_path, seeds=2) == 0
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path / "killed") == 130
    place = tmp_path / f"{STAGED}x"
    (tmp_path / "killed").rename(place)
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    capsys.readouterr()
    assert run(tmp_path, "--rows", "failing", "--resume") == 2
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before
    assert run(tmp_path, "--resume") == 0
    assert not place.exists() and max(map(len, before.values())) < LARGEST
