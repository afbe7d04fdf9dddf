"""Faults planted in the code: each is caught, blamed and named; planting leaves nothing; the
scoreboard itself can say that something went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lenet_ref
from lenet_ref.activations import relu
from lenet_ref.layers import convolution
from verify.cases.plan import Job
from verify.cli import main
from verify.errors import HarnessError
from verify.proof.faults import catalogue as package
from verify.proof.faults import work
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import Fault, planted
from verify.proof.faults.plant import Outcome
from verify.proof.faults.scoreboard import try_fault
from verify.subjects.reference import reference

BY_NAME = {fault.name: fault for fault in catalogue()}


@cache
def outcomes() -> dict[str, Outcome]:
    """The fast form: every fault once, in its cheapest case."""
    return {fault.name: try_fault(fault) for fault in catalogue()}


@pytest.mark.parametrize("name", list(BY_NAME))
def test_is_caught_located_and_named(name: str) -> None:
    o = outcomes()[name]
    assert o.good, f"{o.verdict}: {' '.join(o.guilty)}: {o.tensor}: {o.diagnosis}"


def test_there_are_enough_of_every_kind() -> None:
    real = [f for f in catalogue() if not f.equivalent]
    assert len(real) >= 110
    assert {f.variant for f in real} == {"modern", "1998"}
    layers = Counter(layer for f in real for layer in f.layers.split())
    assert set(layers) == {"C1", "S2", "C3", "S4", "C5", "F6", "F7", "loss"}
    assert {f.tier for f in real} >= {"float64", "float32"}
    assert all(f.cause or f.check for f in real)
    assert all(f.about and f.source for f in catalogue())


def test_every_diagnosis_is_a_sentence_about_the_first_tensor() -> None:
    for o in outcomes().values():
        if o.verdict == "caught" and not o.fault.check:
            assert o.diagnosis.startswith(o.tensor), o.fault.name


def bits(variant: str) -> dict[str, bytes]:
    """The reference's trace, byte for byte."""
    trace = reference(Job(variant, "zero-bias", "float64", 2).case())
    return {name: value.tobytes() for name, value in trace.items()}


def attributes() -> dict[str, int]:
    """Identity of everything the faults replace."""
    found = {}
    for fault in catalogue():
        module, _, name = fault.target.rpartition(".")
        value: Any = lenet_ref
        for part in module.split("."):
            value = getattr(value, part)
        found[fault.target] = id(getattr(value, name))
    return found


def test_planting_leaves_nothing_behind() -> None:
    """Planted in this process, one after the other, one of them raising."""
    before, identities = {v: bits(v) for v in ("modern", "1998")}, attributes()
    for fault in catalogue()[::9]:
        try_fault(fault)
    with pytest.raises(ZeroDivisionError), planted(BY_NAME["conv-no-bias"]):
        raise ZeroDivisionError
    assert attributes() == identities
    assert {v: bits(v) for v in before} == before


def test_planting_does_plant() -> None:
    right = convolution.pre_activation
    with planted(BY_NAME["conv-no-bias"]):
        assert convolution.pre_activation is not right
    assert convolution.pre_activation is right


def test_a_fault_without_a_target_is_an_error() -> None:
    with (
        pytest.raises(HarnessError, match="no such target"),
        planted(replace(BY_NAME["conv-no-bias"], target="activations.relu.forwards")),
    ):
        pass


def test_names_are_unique(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [BY_NAME["conv-no-bias"]]
    monkeypatch.setattr(package.convolution, "FAULTS", twice)  # type: ignore[attr-defined]
    monkeypatch.setattr(package.fields, "FAULTS", twice)  # type: ignore[attr-defined]
    with pytest.raises(HarnessError, match="conv-no-bias"):
        catalogue()


RELU = BY_NAME["relu-missing"]
WRONG = {
    "misblamed": replace(RELU, layers="C1 C3 C5"),
    "misplaced": replace(RELU, tensor="C1.z"),
    "misdiagnosed": replace(RELU, cause="leaky"),
    "survived": replace(RELU, make=lambda right: right),
    "unexplained": replace(RELU, make=lambda right: lambda z: np.cos(z * 3.7)),
    "not equivalent": replace(RELU, equivalent="it is not"),
}


@pytest.mark.parametrize("verdict", list(WRONG))
def test_the_scoreboard_contradicts_a_wrong_expectation(verdict: str) -> None:
    o = try_fault(WRONG[verdict])
    assert (o.verdict, o.good) == (verdict, False)


STATE = BY_NAME["state-dropout"]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (replace(STATE, make=lambda right: right), "survived"),
        (replace(STATE, check="arguments unchanged"), "misdiagnosed"),
    ],
)
def test_the_scoreboard_contradicts_a_wrong_check(fault: Fault, verdict: str) -> None:
    assert try_fault(fault).verdict == verdict


def test_where_else_a_fault_shows() -> None:
    o = try_fault(BY_NAME["relu-one-at-zero"], [("digits", "float64"), ("zero-bias", "float64")])
    assert o.visible_in == ("zero-bias/float64",)


@pytest.fixture
def survivor(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fault that changes nothing, alone in the catalogue."""
    monkeypatch.setattr(work, "catalogue", lambda: [WRONG["survived"]])
    monkeypatch.setattr(work, "entries", list)
    monkeypatch.setattr(work, "general", list)
    work._made.cache_clear()
    yield RELU.name
    work._made.cache_clear()


def test_exit_status_1_when_one_survives(
    survivor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["faults", "--jobs", "1", "--out", str(tmp_path)]) == 1
    assert f"survived: {survivor}" in capsys.readouterr().out


def test_selection_by_name_and_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["faults", "--name", "relu-elu", "--jobs", "1", "--out", str(tmp_path)]
    assert main(words) == 0
    assert "PASS  1 of 1" in capsys.readouterr().out
    assert "relu-elu" in (tmp_path / "faults.csv").read_text()
    entry = ["--name", "affine.z/no-bias", "affine.z/bias-twice", "affine.db/sign", "relu-elu"]
    assert main(["faults", *entry, "--jobs", "1", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "table: 2 of 2 named as themselves" in said
    assert "general causes: 1 of 1 named" in said
    assert "code: 1 of 1 caught, located and named" in said
    assert main(["faults", "--name", "relu-elf"]) == 2
    assert main(["faults", "--layer", "C9"]) == 2
    assert relu.forward(np.float64(-1)) == 0
