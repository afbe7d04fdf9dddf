"""Propagated bounds: whatever both sides do with inputs that differ by at most e stays within."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.verify.tolerance.settings import PROVED, Setting, setting, with_operation
from verify.cases.plan import Job
from verify.expected.step import Step
from verify.judge.inherited import Propagated
from verify.judge.measured import MULTIPLE, Measured
from verify.oracle.evaluation import Evaluation
from verify.pipeline.judging import judged
from verify.subjects.reference import reference
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

SHARED = ("W", "b")
CARRIED = [op for op in PROVED if op not in ("regulariser.reg", "mle.dx")]
"""Rules whose inputs can differ between the sides: not those of parameters and labels alone."""

# operation: worst difference over this many draws is at least this part of what is propagated
REACHED = {"activation.dz": 0.3, "cross_entropy.data": 0.3, "map.data": 0.2, "affine.dW": 0.4}
USUALLY = 0.15


def uncertain(step: Step) -> list[str]:
    """Inputs the two sides may disagree about."""
    return [n for n in step.inputs if n != "labels" and n.split(".")[-1] not in SHARED]


class Perturbed:
    """A step seen from two sides whose inputs differ by up to e."""

    def __init__(self, s: Setting, step: Step, size: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.s, self.step, self.errors, self.theirs = s, step, {}, dict[str, Tensor]()
        for name in uncertain(step):
            value = s.evaluation.value(name)
            e = torch.tensor(size * rng.uniform(0.5, 1, size=value.shape))
            sign = torch.tensor(rng.choice([-1.0, 1.0], size=value.shape))
            self.errors[name], self.theirs[name] = e, value + sign * e

    def propagated(self, observed: bool) -> Tensor:
        """P of the rule, with or without sight of the other side's tensors."""
        query = Query(self.s.evaluation, self.errors.get, self.theirs if observed else {})
        found = RULES[self.step.op](query, self.step).propagated
        shape = self.s.evaluation.shapes[self.step.tensor]
        return torch.zeros(shape, dtype=torch.float64) if found is None else found

    def difference(self) -> Tensor:
        """How far apart the two sides' results are, in float64."""
        e = self.s.evaluation
        labels = e.labels if self.s.arch.loss else None
        base = {**e.base, **self.theirs}
        other = Evaluation(list(e.steps.values()), e.shapes, base, labels, e.dtype, e.reg)
        return (other.computed(self.step.tensor) - e.computed(self.step.tensor)).abs().double()


def sides(op: str, size: float) -> list[Perturbed]:
    """The operation in every network, with a few draws."""
    found = []
    for name in with_operation(op):
        s = setting(name, "benign", "float64", n=3)
        found += [Perturbed(s, step, size, seed) for step in s.steps(op) for seed in range(5)]
    return [side for side in found if uncertain(side.step)]


@pytest.mark.parametrize("observed", [False, True])
@pytest.mark.parametrize("size", [1e-6, 1e-2, 0.5])
@pytest.mark.parametrize("op", CARRIED)
def test_differences_stay_within_what_is_propagated(op: str, size: float, observed: bool) -> None:
    for side in sides(op, size):
        rounding = 1e-11 * (1 + side.s.evaluation.computed(side.step.tensor).abs())
        assert (side.difference() <= side.propagated(observed) + rounding).all(), side.step.tensor


@pytest.mark.parametrize("op", [op for op in CARRIED if op != "max_pool.argmax"])
def test_what_is_propagated_is_not_idle(op: str) -> None:
    reached: list[float] = []
    for side in sides(op, 1e-6):
        P, off = side.propagated(observed=True), side.difference()
        reached += (off[P > 0] / P[P > 0]).tolist()
    assert REACHED.get(op, USUALLY) <= max(reached) <= 1.001


@pytest.mark.parametrize("op", ["activation.dz", "max_pool.argmax", "max_pool.da", "max_pool.dx"])
def test_a_flip_is_allowed_only_where_it_was_seen_or_may_be(op: str) -> None:
    """Uncertainty of 0.5 flips units; knowing the other side's tensor excuses fewer of them."""
    name = "affine" if op == "activation.dz" else "max"
    s = setting(name, "benign", "float64", n=20)
    side = Perturbed(s, s.steps(op)[0], 0.5, seed=1)
    blind, seen = side.propagated(observed=False), side.propagated(observed=True)
    assert (seen <= blind).all()
    assert (seen < blind).any()


def test_without_uncertainty_nothing_is_propagated() -> None:
    for op in PROVED:
        s = setting(with_operation(op)[0], "benign", "float64")
        assert s.bound(s.steps(op)[0]).propagated is None


def test_uncertainty_begins_behind_what_is_shared() -> None:
    """Given z, y differs by roundings only; given x alone, z differs and y inherits it."""
    s = setting("squash", "benign", "float64")
    known = ["F6.x", "given.F6.W", "given.F6.b", "images"]
    far = Propagated(s.evaluation, known, {}, "float64")
    near = Propagated(s.evaluation, [*known, "F6.z"], {}, "float64")
    assert far("F6.x") is None
    assert near("F6.z") is None
    assert_larger(far("F6.y"), near("F6.y"))


def assert_larger(larger: Tensor | None, smaller: Tensor | None) -> None:
    """Both are there, and one is larger everywhere."""
    assert larger is not None
    assert smaller is not None
    assert (larger > smaller).all()


def measured(true: Any) -> Tensor:
    """Uncertainty of F6.dx for a given truth, without the rounding of its own step."""
    s = setting("squash", "benign", "float32")
    inherited = Measured(s.evaluation, lambda name: true(s.given(name)), {}, "float32")
    found = inherited("F6.dx")
    assert found is not None
    return found - inherited.bound(s.evaluation.steps["F6.dx"]).rounding("float32")


def test_measured_uncertainty_is_a_multiple_of_the_oracles_own() -> None:
    found = measured(
        lambda z: z.astype("float64") + 1e-3 * (np.arange(z.size) == 3).reshape(z.shape)
    )
    assert found.numpy() == pytest.approx(MULTIPLE * 1e-3, rel=1e-6)


def test_measured_uncertainty_has_a_floor_of_one_rounding() -> None:
    found = measured(lambda z: z.astype("float64"))
    largest = float(np.abs(setting("squash", "benign", "float32").given("F6.dx")).max())
    assert found.numpy() == pytest.approx(2.0**-24 * largest, rel=1e-6)


def test_an_exact_oracle_does_not_make_a_rounding_subject_wrong() -> None:
    """PyTorch's 1 - tanh^2 is exactly 0 where a unit is saturated; S (A - y^2 / A) rounds."""
    case = Job("1998", "saturated", "float32", 7, 4).case()
    assert [f.step.tensor for f in judged(case, reference(case)) if f.failed] == []
