"""Every layout and convention passes where it is declared, and fails where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.verify.exchange.layouts import CONVENTIONS, LAYOUTS, Arrays, traced
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.exchange.mapping import read_layout
from verify.pipeline.judging import judge_dump
from verify.subjects.reference import reference


def verdicts(case: Case, arrays: Arrays, mapping: str, folder: Path, require: str) -> set[str]:
    """Tensors that fail, under a mapping given as text."""
    path = folder / "theirs.toml"
    path.write_text(mapping)
    findings = judge_dump(case, arrays, read_layout(path), require, causes=False)
    return {f.step.tensor for f in findings if f.failed}


@pytest.mark.parametrize("variant", ["modern", "1998"])
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
