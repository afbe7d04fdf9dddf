"""Golden tensors pass in every format, layout and convention; what is not declared does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.dumps.layouts import CONVENTIONS, LAYOUTS, summed
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.cli import main
from verify.exchange.arrays import write_arrays
from verify.exchange.layout import read_layout
from verify.pipeline.judging import judge_dump
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
variants = pytest.mark.parametrize("variant", ["modern", "1998"])


def golden(folder: Path, variant: str, *words: str) -> Path:
    """A golden folder."""
    where = folder / "golden"
    assert main(["golden", "--variant", variant, "--out", str(where), *words]) == 0
    return where


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
    folder = golden(tmp_path, variant, "--regime", regime, "--batch", "5")
    assert check(folder, tmp_path / "out", "--require", "all") == 0


@cache
def traced(variant: str, tier: str) -> tuple[Case, Arrays]:
    """Three digits and the reference's trace, from the loss down."""
    case = replace(Job(variant, "digits", tier, 3).case(), upstream=None)
    return case, dict(reference(case))


def verdicts(case: Case, arrays: Arrays, mapping: str, folder: Path, require: str) -> set[str]:
    """Tensors that fail, under a mapping given as text."""
    path = folder / "theirs.toml"
    path.write_text(mapping)
    findings = judge_dump(case, arrays, read_layout(path), require)
    return {f.step.tensor for f in findings if f.failed}


@variants
@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_passes(variant: str, tier: str, layout: str, tmp_path: Path) -> None:
    case, trace = traced(variant, tier)
    mapping, write = LAYOUTS[layout]
    assert verdicts(case, write(trace), mapping, tmp_path, "all") == set()


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_axes_of_length_one_may_be_missing_in_every_layout(layout: str, tmp_path: Path) -> None:
    case, trace = traced("modern", "float64")
    mapping, write = LAYOUTS[layout]
    squeezed = {name: np.squeeze(value) for name, value in write(trace).items()}
    assert verdicts(case, squeezed, mapping, tmp_path, "all") == set()
    wrong = squeezed | {"C1.W": np.ascontiguousarray(np.flip(squeezed["C1.W"]))}
    assert verdicts(case, wrong, mapping, tmp_path, "all")


DECLARED = [name for name, (mapping, _) in LAYOUTS.items() if "[layout]" in mapping]


@pytest.mark.parametrize("layout", DECLARED)
def test_a_layout_that_is_not_declared_fails(layout: str, tmp_path: Path) -> None:
    case, trace = traced("modern", "float64")
    _, write = LAYOUTS[layout]
    assert verdicts(case, write(trace), "", tmp_path, "all")


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("name", list(CONVENTIONS))
def test_every_convention_passes(name: str, tier: str, tmp_path: Path) -> None:
    variant, mapping, make = CONVENTIONS[name]
    case, _ = traced(variant, tier)
    assert verdicts(case, make(case), mapping, tmp_path, "nothing") == set()


@pytest.mark.parametrize("name", list(CONVENTIONS))
def test_the_same_factor_unannounced_fails(name: str, tmp_path: Path) -> None:
    variant, _, make = CONVENTIONS[name]
    case, _ = traced(variant, "float64")
    assert verdicts(case, make(case), "", tmp_path, "nothing")


@pytest.mark.parametrize("name", list(CONVENTIONS))
def test_a_mistake_under_a_convention_is_found(name: str, tmp_path: Path) -> None:
    variant, mapping, make = CONVENTIONS[name]
    case, _ = traced(variant, "float64")
    trace = make(case)
    wrong = trace | {"C3.dW": trace["C3.dW"] * 1.001}
    assert verdicts(case, wrong, mapping, tmp_path, "nothing") == {"C3.dW"}


def test_summed_gradients_are_one_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parameter gradients alone, all N times as large: one cause, not ten."""
    folder = golden(tmp_path, "modern", "--regime", "digits")
    trace = summed(traced("modern", "float64")[0], True)
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    write_arrays(kept, tmp_path / "theirs", "npz")
    assert check(tmp_path / "theirs", tmp_path / "out", "--case", str(folder)) == 1
    said = capsys.readouterr().out
    assert "one cause: every gradient equals the reference x N = 3" in said
    assert "10 of 84 tensors judged (12%)" in said


def test_a_regulariser_without_its_half(tmp_path: Path) -> None:
    """reg ||W||^2 with reg = 0.5 is reg/2 ||W||^2 with reg = 1."""
    halved = Job("modern", "competitive", "float64", 3, options=(("reg", 0.5),)).case()
    doubled = Job("modern", "competitive", "float64", 3, options=(("reg", 1.0),)).case()
    trace = dict(reference(doubled))
    mapping = '[conventions]\nregulariser = "no-half"'
    assert verdicts(halved, trace, mapping, tmp_path, "all") == set()
    assert verdicts(halved, trace, "", tmp_path, "all") >= {"loss.reg", "C1.dW", "F7.dW"}


def test_average_subsampling(tmp_path: Path) -> None:
    case, _ = traced("1998", "float64")
    average = Job("1998", "digits", "float64", 3, options=(("subsampling", "average"),)).case()
    trace = {**reference(average)}
    mapping = '[conventions]\nsubsampling = "average"'
    assert (case.images == average.images).all()
    upstream = {k: v for k, v in trace.items() if k.split(".")[1] in ("x", "s", "z", "y", "a")}
    assert verdicts(case, upstream, mapping, tmp_path, "nothing") == set()
    assert "S2.s" in verdicts(case, upstream, "", tmp_path, "nothing")


def test_without_inputs_the_span_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = golden(tmp_path, "modern", "--regime", "digits")
    trace = dict(traced("modern", "float64")[1])
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    for name in ("C3.dW", "C3.db", "C1.dW", "C1.db"):
        noise = np.random.default_rng(0).standard_normal(kept[name].shape)
        kept[name] = kept[name] * (1 + noise)
    write_arrays(kept, tmp_path / "theirs", "npz")
    assert check(tmp_path / "theirs", tmp_path / "out", "--case", str(folder)) == 1
    said = capsys.readouterr().out
    assert "guilty layer: C5, S4 or C3" in said
    assert "C3.dW is the first wrong tensor, C5.db the last right one before it" in said


@pytest.mark.parametrize(
    ("require", "status"), [("gradients", 1), ("forward", 0), ("all", 1), ("nothing", 0)]
)
def test_require(require: str, status: int, tmp_path: Path) -> None:
    folder = golden(tmp_path, "modern", "--regime", "digits")
    trace = traced("modern", "float64")[1]
    forward = {k: v for k, v in trace.items() if k.split(".")[1] in ("y", "data")}
    write_arrays(forward, tmp_path / "theirs", "npy")
    words = ("--case", str(folder), "--require", require)
    assert check(tmp_path / "theirs", tmp_path / "out", *words) == status


def test_what_is_left_is_the_guilty_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No own error can be told, but the span has one layer: it is named, on screen and in the
    table; and what nobody supplied is said below."""
    folder = golden(tmp_path, "1998", "--regime", "digits")
    trace = dict(traced("1998", "float64")[1])
    kept = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db")}
    for name in ("C5.dW", "S4.dW", "C3.dW", "S2.dW", "C1.dW"):
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
