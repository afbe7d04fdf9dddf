"""Entries of the table, planted: each is named as itself, and a disturbed one is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.mistakes.guards import of_bias
from verify.mistakes.table import mistake
from verify.pipeline.judging import OWN, judged
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.kinks import masked
from verify.proof.faults.plant import CAUGHT, EXEMPT, Outcome
from verify.proof.planting import entry as module
from verify.proof.planting.cases import NOT_PLANTABLE, cases
from verify.proof.planting.entry import Entry, entries, evaluated, try_entry
from verify.proof.planting.general import General, general
from verify.proof.planting.run import plant

ALL = {entry.name: entry for entry in entries()}
GENERAL = {entry.name: entry for entry in general()}


@cache
def outcomes() -> dict[str, Outcome]:
    """Every entry, tried once."""
    return {name: try_entry(entry) for name, entry in ALL.items()}


@pytest.mark.parametrize("name", list(ALL))
def test_is_named_as_itself(name: str) -> None:
    o = outcomes()[name]
    assert o.good, f"{o.verdict}: {' '.join(o.guilty)}: {o.tensor}: {o.diagnosis}"


@pytest.mark.parametrize("entry", GENERAL.values(), ids=list(GENERAL))
def test_a_general_cause_is_named(entry: General) -> None:
    o = try_entry(entry)
    assert o.good, f"{o.verdict}: {' '.join(o.guilty)}: {o.tensor}: {o.diagnosis}"


@pytest.mark.parametrize("before_pooling", [False, True])
@pytest.mark.parametrize("network", ["modern", "1998", "mnist28", "caffe", "d2l"])
def test_errors_masked_earlier_follow_step_by_step(network: str, before_pooling: bool) -> None:
    """A run of the network that has them, and what a subject who has them hands over."""
    case = Job(network, "digits", "float64", 3).case()
    where = "before-pooling" if before_pooling else "earlier"
    found = evaluated(replace(case, arch=replace(case.arch, masked=where)))
    handed = masked(before_pooling)(case, evaluated)
    assert found.keys() == handed.keys()
    for name, value in found.items():
        assert np.array_equal(value, handed[name].reshape(value.shape)), name


def test_few_cannot_be_planted_and_each_says_why() -> None:
    exempt = {name for name, o in outcomes().items() if o.verdict == EXEMPT}
    assert exempt == {f"{operation}/{name}" for operation, name in NOT_PLANTABLE}
    assert len(exempt) <= 3 and all(NOT_PLANTABLE.values())


def test_the_page_has_these_figures() -> None:
    page = " ".join((Path(__file__).parents[3] / "docs" / "trust.md").read_text().split())
    named = sum(o.verdict == CAUGHT for o in outcomes().values())
    real = [f for f in catalogue() if not f.equivalent]
    assert f"the {len(ALL)} entries of its table of mistakes {named} are planted" in page
    assert f"so are {len(GENERAL)} general causes" in page
    assert f"Of {len(real)} mistakes in the code" in page
    assert f"and {len(catalogue()) - len(real)} more, proved to have no effect" in page


def test_an_exemption_that_is_not_needed_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.NOT_PLANTABLE, ("affine.z", "no-bias"), "it is said")
    found = try_entry(ALL["affine.z/no-bias"])
    assert (found.verdict, found.good) == ("plantable after all", False)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.arch.variant}-{case.regime}")
def test_nothing_planted_nothing_found(case: Case) -> None:
    findings = judged(case, evaluated(case), OWN)
    assert not [f.step.tensor for f in findings if f.guilty]


BIAS = mistake("affine.z", "no-bias")


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        (replace(BIAS, sentence="is another sentence"), "misdiagnosed"),
        (replace(BIAS, name="another-kind"), "misdiagnosed"),
        (replace(BIAS, example=of_bias(lambda e: BIAS.formula(e) + 2 * e["b"])), "misdiagnosed"),
        (replace(BIAS, example=lambda e: e.oracle * (1 + e.oracle.cos())), "unexplained"),
        (replace(BIAS, example=lambda e: e.oracle * (1 + 2.0**-52)), "inapplicable"),
        (replace(BIAS, example=lambda e: e.oracle), "inapplicable"),
        (replace(BIAS, example=lambda e: e.oracle[:0]), "inapplicable"),
    ],
    ids=["sentence", "kind", "another", "noise", "rounding", "nothing", "shape"],
)
def test_a_disturbed_entry_is_not_named_as_itself(changed: object, verdict: str) -> None:
    assert isinstance(changed, type(BIAS))
    assert try_entry(Entry("affine.z", changed)).verdict == verdict


def test_a_judge_that_finds_nothing_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "judged", lambda *arguments: [])
    assert try_entry(ALL["affine.z/no-bias"]).verdict == "survived"


def test_right_layers_that_are_blamed_are_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is wrong, something is hidden from the proof."""

    def hidden(case: Case, operation: str, *rest: object) -> object:
        found = plant(case, operation, BIAS)
        return replace(found, at=found.at[:1], around=())

    monkeypatch.setattr(module, "plant", hidden)
    monkeypatch.setattr(module, "_having", lambda *_: cases()[-3:-2])
    assert try_entry(ALL["affine.z/no-bias"]).verdict == "misblamed"


def test_a_mistake_stands_in_every_layer_or_in_one() -> None:
    case = ALL["convolution.z/no-bias"].job().case()
    everywhere = plant(case, "convolution.z", mistake("convolution.z", "no-bias"))
    assert everywhere.at == ("C1.z", "C3.z", "C5.z")
    with ALL["convolution.z/no-bias"].subject(1) as subject:
        trace = subject(case)
    right = evaluated(case)
    assert np.array_equal(trace["C1.z"], right["C1.z"])
    assert np.allclose(trace["C3.z"] + case.parameters["C3.b"][:, None, None], right["C3.z"])
    assert ALL["convolution.z/no-bias"].calls(case) == 3


def test_what_is_anothers_mistake_has_that_one_around() -> None:
    (case,) = [case for case in cases() if case.regime == "probe-max-pool"]
    found = plant(case, "max_pool.z", mistake("max_pool.z", "follows-from-a"))
    assert (found.at, found.around) == (("S2.z",), ("S2.a",))


def test_the_network_that_shows_an_entry_is_looked_for() -> None:
    assert ALL["activation.dz/relu'(0):1"].job().regime == "zero-bias"
    assert ALL["map.dx/rivals-only"].job().variant == "1998"
    assert ALL["affine.dW/decay-half"].job().regime == "competitive"
