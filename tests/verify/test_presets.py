"""Every network with a name: our reference passes in each tier, planted mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import run
from lenet_ref.fast.gradients import gradients
from lenet_ref.networks import PRESETS, preset
from verify.cases.plan import Job, plan
from verify.checks import coverage
from verify.judge.verdict import Verdict
from verify.pipeline.judging import Terms, judge_subject
from verify.proof.faults.plant import CAUGHT, UNSEEN
from verify.proof.planting.entry import Entry, entries, home, try_entry
from verify.proof.planting.general import general
from verify.subjects.reference import reference

OTHERS = [name for name in PRESETS if name not in ("modern", "1998")]
TEN = 10
each = pytest.mark.parametrize("name", OTHERS)


@each
def test_the_reference_passes_on_digits_and_exactly(name: str) -> None:
    jobs = [Job(name, "digits", tier, 2, truth=False) for tier in ("float64", "float32")]
    jobs.append(Job(name, "integers", "exact", 4, truth=False))
    for job in jobs:
        found = judge_subject(job.case(), reference, Terms(truth=False, causes=False))
        assert {f.step.tensor: f.reason for f in found if f.verdict is not Verdict.PASS} == {}


@each
def test_the_plan_asks_every_family_alone(name: str) -> None:
    arch = preset(name)
    probed = {job.case().arch.layers[-1].family for job in plan("default", (name,))
              if "probe" in job.regime}  # fmt: skip
    assert {layer.family for layer in arch.layers} <= probed | {"rbf"}


@each
def test_the_ledger_asks_for_every_tensor_in_every_tier(name: str) -> None:
    cells = list(coverage.cells([name]))
    tensors = {cell.tensor for cell in cells}
    assert len(cells) == 3 * len(tensors)
    assert all(f"{layer.name}.y" in tensors for layer in preset(name).layers)


@each
def test_gradients_without_a_trace_are_those_of_the_run(name: str) -> None:
    case = Job(name, "digits", "float64", 5).case()
    given = case.arch, case.parameters, case.images, case.labels
    traced, alone = run(*given), gradients(*given, block=2)
    assert alone.keys() >= {k for k in traced if k.endswith((".dW", ".db"))}
    for key, value in alone.items():
        assert np.abs(value - traced[key]).max() <= 1e-13 * np.abs(traced[key]).max(), key


def sample(name: str) -> list[Entry]:
    """Ten mistakes, from all over the table, that make a difference in the network."""
    every = [*entries(home(name)), *general(home(name))]
    return every[:: len(every) // (2 * TEN)]


@each
def test_ten_planted_mistakes_are_caught_located_and_named(name: str) -> None:
    found = []
    for entry in sample(name):
        outcome = try_entry(entry)
        if outcome.verdict != UNSEEN:
            found.append((entry.name, outcome.verdict, outcome.layers == " ".join(outcome.guilty)))
        if len(found) == TEN:
            break
    assert len(found) == TEN
    assert [each for each in found if each[1:] != (CAUGHT, True)] == []
