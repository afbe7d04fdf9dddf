"""The command line: exit statuses, reports, bad input in one line, nothing lost."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lenet_ref import initial, modern
from lenet_ref.layers import affine
from lenet_ref.storage import save
from verify.cli import main
from verify.report.rows import COLUMNS

SMALL = ("--variant", "modern", "--tier", "float64", "--batch", "2", "--jobs", "1")


def run(tmp_path: Path, *words: str) -> int:
    """The main job on one small case, unless the words say otherwise."""
    return main([*SMALL, "--out", str(tmp_path / "out"), *words])


def diff(tmp_path: Path) -> pd.DataFrame:
    """The report of that run; empty strings stay strings."""
    return pd.read_csv(tmp_path / "out" / "diff.csv", keep_default_na=False)


def test_a_passing_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    closing = capsys.readouterr().out.splitlines()[-1]
    assert closing.startswith("PASS  84 of 84 comparisons in 1 case, ")
    found = diff(tmp_path)
    assert tuple(found.columns) == COLUMNS
    assert set(found.verdict) == {"pass"}
    assert found.own_ratio.astype(float).max() <= 1


def test_a_difference_names_layer_tensor_and_rerun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affine, "bias_gradient", lambda dz: dz.mean(axis=0))
    assert run(tmp_path) == 1
    out = capsys.readouterr().out
    assert "modern: guilty layer: F6, F7; first: F7.db (M-F7-db)" in out
    assert "averaged over the batch rows" in out
    assert out.splitlines()[-1].startswith("FAIL  82 of 84")
    command = next(line for line in out.splitlines() if "rerun:" in line).split("lenet-verify ")[1]
    assert main([*command.split(), "--jobs", "1", "--out", str(tmp_path / "again")]) == 1
    again = pd.read_csv(tmp_path / "again" / "diff.csv")
    assert list(again.tensor) == ["F7.db"]
    assert list(again.verdict) == ["fail"]


def test_nan_is_spelled_nan_in_the_report(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    found = diff(tmp_path)
    regulariser = found[found.tensor == "loss.reg"].iloc[0]
    assert regulariser.fit_scale == "nan"
    assert "" not in set(found.cosine)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert main([*SMALL, "--out", str(tmp_path / folder)]) == 0
    for name in ("diff.csv", "layers.csv", "summary.csv", "checks.csv", "environment.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_worker_processes_change_nothing(tmp_path: Path) -> None:
    words = ["--regime", "digits", "probe-rbf", "--batch", "1", "2"]
    for jobs in ("1", "2"):
        assert main([*words, "--jobs", jobs, "--out", str(tmp_path / jobs)]) == 0
    assert (tmp_path / "1" / "diff.csv").read_bytes() == (tmp_path / "2" / "diff.csv").read_bytes()


def test_another_seed_gives_another_case(tmp_path: Path) -> None:
    run(tmp_path, "--seed", "1")
    one = diff(tmp_path).subject.tolist()
    run(tmp_path, "--seed", "2")
    assert one != diff(tmp_path).subject.tolist()


def test_seed_sweep_and_failing_rows_only(tmp_path: Path) -> None:
    assert run(tmp_path, "--seeds", "3", "--rows", "failing") == 0
    assert len(diff(tmp_path)) == 0
    summary = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert (summary.seeds.sum(), summary.rows.sum()) == (3, 3 * 84)


def test_describe_checks_the_published_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["describe"]) == 0
    out = capsys.readouterr().out
    assert all(count in out for count in ("61706", "60000", "340908"))
    monkeypatch.setattr("verify.cli.describe.PUBLISHED", {"modern": (61707, None)})
    assert main(["describe", "--variant", "modern"]) == 1


def pickled(path: Path) -> Path:
    path.write_bytes(pickle.dumps({"C1.W": [1.0]}))
    return path


def bad_weights(path: Path, kind: str) -> Path:
    """Weights of the modern network with one thing wrong."""
    values = dict(initial(modern(), 0))
    if kind == "missing":
        del values["C3.W"]
    elif kind == "extra":
        values["C9.W"] = np.zeros(1)
    elif kind == "shape":
        values["C3.W"] = np.zeros((16, 6, 5, 4))
    elif kind == "nan":
        values["C3.W"] = values["C3.W"] * np.nan
    else:
        values["C3.W"] = values["C3.W"].astype(np.int64)
    save(path, values)
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--batch", "0"], "--batch: unusable value; got 0"),
        (["--batch", "-3"], "--batch: unusable value; got -3"),
        (["--batch", "two"], "invalid int value"),
        (["--seeds", "0"], "--seeds: unusable value"),
        (["--seed", "-1"], "--seed: unusable value"),
        (["--variant", "2012"], "invalid choice"),
        (["--regime", "nothing"], "--regime: no such regime; got nothing"),
        (["--option", "reading"], "KEY=VALUE"),
        (["--option", "reading=latin"], "no such choice"),
        (["--option", "loss=map"], "the modern network has no such option; got loss"),
        (["--option", "channels=0"], "channels: unusable value; got 0"),
        (["--option", "reg=nan"], "reg: unusable value; got nan"),
        (["--no-such-option"], "unrecognized arguments"),
        (["--data", "nowhere"], "nowhere: not a folder"),
        (["--weights", "nowhere.npz"], "nowhere.npz: no such file"),
        (["--weights", "nowhere.pt"], "nowhere.pt: no such file"),
    ],
)
def test_unusable_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    one_line_and_status_2(run(tmp_path, *words), capsys, expected)


def one_line_and_status_2(status: int, capsys: pytest.CaptureFixture[str], expected: str) -> None:
    err = capsys.readouterr().err
    assert status == 2
    assert err.count("\n") == 1
    assert err.startswith("lenet-verify: ")
    assert expected in err


@pytest.mark.parametrize("kind", ["missing", "extra", "shape", "nan", "integers"])
def test_unusable_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    path = bad_weights(tmp_path / "w.npz", kind)
    one_line_and_status_2(run(tmp_path, "--weights", str(path)), capsys, str(path))


@pytest.mark.parametrize("name", ["w.npz", "w.pt", "w.pkl"])
def test_a_pickle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = pickled(tmp_path / name)
    one_line_and_status_2(run(tmp_path, "--weights", str(path)), capsys, "pickle")


def test_good_weights_are_used(tmp_path: Path) -> None:
    save(tmp_path / "w.npz", initial(modern(), 42))
    assert run(tmp_path, "--weights", str(tmp_path / "w.npz")) == 0
    values = diff(tmp_path).set_index("tensor").subject
    assert run(tmp_path) == 0
    assert values["F7.y"] != diff(tmp_path).set_index("tensor").subject["F7.y"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    one_line_and_status_2(run(tmp_path), capsys, "cannot be written")


def test_an_output_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine")
    one_line_and_status_2(run(tmp_path), capsys, "cannot be written")
    assert (tmp_path / "out").read_text() == "mine"


def test_bad_input_leaves_earlier_reports_alone(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    for words in (["--batch", "0"], ["--data", "nowhere"], ["--option", "reading=latin"]):
        assert run(tmp_path, *words) == 2
    assert before == {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}


def test_a_blind_judge_is_an_internal_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.proof.self_test.SMALLEST", 0.0)
    assert run(tmp_path) == 3
    assert "cannot be trusted" in capsys.readouterr().err
    assert not (tmp_path / "out" / "diff.csv").exists()


def test_quiet_in_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path)
    assert capsys.readouterr().err == ""
