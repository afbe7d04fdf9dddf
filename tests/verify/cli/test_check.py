"""Dumps from the command line: every format passes, a mistake is one finding, a span is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.verify.exchange.layouts import summed, traced
from verify.cli import main
from verify.exchange.arrays import write_arrays

variants = pytest.mark.parametrize("variant", ["modern", "1998"])


def golden(folder: Path, variant: str, *words: str) -> Path:
    """A golden folder."""
    where = folder / "golden"
    assert main(["golden", "--variant", variant, "--out", str(where), *words]) == 0
    return where


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A golden folder of modern, written once and only read."""
    return golden(tmp_path_factory.mktemp("digits"), "modern", "--regime", "digits")


def check(subject: Path, out: Path, *words: str) -> int:
    """Status of the command on a dump."""
    return main(["check", str(subject), "--out", str(out), *words])


@variants
@pytest.mark.parametrize("form", ["npz", "npy", "bin"])
@pytest.mark.parametrize("tier", ["float64", "float32"])
def test_golden_tensors_pass_in_every_format(
    variant: str, form: str, tier: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--format", form, "--tier", tier, "--batch", "2"]
    folder = golden(tmp_path, variant, *words)
    assert check(folder, tmp_path / "out", "--require", "all") == 0
    assert "tensors judged (100%)" in capsys.readouterr().out


@variants
@pytest.mark.parametrize("regime", ["zero-bias", "signed", "competitive", "ties", "saturated"])
def test_golden_tensors_of_other_regimes_pass(variant: str, regime: str, tmp_path: Path) -> None:
    folder = golden(tmp_path, variant, "--regime", regime, "--batch", "2")
    assert check(folder, tmp_path / "out", "--require", "all") == 0


def test_summed_gradients_are_one_finding(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parameter gradients alone, all N times as large: a convention, not ten causes."""
    trace = summed(traced("modern", "float64")[0], True)
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    write_arrays(kept, tmp_path / "theirs", "npz")
    assert check(tmp_path / "theirs", tmp_path / "out", "--case", str(digits)) == 1
    said = capsys.readouterr().out
    assert "add: --convention gradients=sum" in said and "9 of 10" not in said
    assert "10 of 84 tensors judged (12%)" in said


def test_without_inputs_the_span_is_named(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = dict(traced("modern", "float64")[1])
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    for name in ("C3.dW", "C3.db", "C1.dW", "C1.db"):
        noise = np.random.default_rng(0).standard_normal(kept[name].shape)
        kept[name] = kept[name] * (1 + noise)
    write_arrays(kept, tmp_path / "theirs", "npz")
    assert check(tmp_path / "theirs", tmp_path / "out", "--case", str(digits)) == 1
    said = capsys.readouterr().out
    assert "guilty layer: C5, S4 or C3" in said
    assert "C3.dW is the first wrong tensor, C5.db the last right one before it" in said


@pytest.mark.parametrize(
    ("require", "status"), [("gradients", 1), ("forward", 0), ("all", 1), ("nothing", 0)]
)
def test_require(require: str, status: int, digits: Path, tmp_path: Path) -> None:
    trace = traced("modern", "float64")[1]
    forward = {k: v for k, v in trace.items() if k.split(".")[1] in ("y", "data")}
    write_arrays(forward, tmp_path / "theirs", "npy")
    words = ("--case", str(digits), "--require", require)
    assert check(tmp_path / "theirs", tmp_path / "out", *words) == status


def test_what_is_left_is_the_guilty_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No own error can be told, but the span has one layer: it is named, on screen and in the
    table; and what nobody supplied is said below."""
    folder = golden(tmp_path, "1998", "--regime", "digits")
    trace = dict(traced("1998", "float64")[1])
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    for name in ("C5.dW", "C3.dW", "S2.dW", "C1.dW"):  # S4's is right, and what it is made of
        noise = np.random.default_rng(0).standard_normal(kept[name].shape)
        kept[name] = kept[name] * (1 + noise)
    write_arrays(kept, tmp_path / "theirs", "npz")
    table = tmp_path / "grades.csv"
    words = ("--case", str(folder), "--table", str(table))
    assert check(tmp_path / "theirs", tmp_path / "out", *words[:2]) == 1
    said = capsys.readouterr().out
    assert "guilty layer: C5" in said
    assert "not verified, for it was not supplied:" in said
    assert check(tmp_path / "theirs", tmp_path / "out", *words) == 1
    assert ",fail,1,C5," in table.read_text().splitlines()[1]
