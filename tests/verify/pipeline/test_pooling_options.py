"""Whole networks with every option of pooling and activations with parameters: right ones pass in
every tier, and an option that is another one is blamed on its layer and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from lenet_ref import network
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    Subsampling,
)
from lenet_ref.fast.gradients import gradients
from lenet_ref.parameters import parameter_shapes
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.max_pool import TIES
from verify.cases.case import Case, generator
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.judge.kinks import contested
from verify.judge.trace import to_torch
from verify.judge.verdict import Verdict
from verify.mistakes.sizes import told
from verify.pipeline.judging import judge_subject
from verify.subjects.reference import reference
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

FREE = Architecture(
    "options",
    (
        Convolution("a", 1, 3, (14, 18), (3, 2), activation="leaky(0.125)"),
        MaxPool("b", 3, (12, 17), (3, 4), activation="squash", stride=(2, 3)),
        Convolution("c", 3, 4, (5, 5), (2, 2), activation="scaled_tanh(1.7159, 0.6667)"),
        AveragePool("d", 4, (4, 4), (2, 3), activation="leaky(0.01)", stride=(2, 1)),
        Subsampling("e", 4, (2, 2), (2, 1), activation="scaled_tanh(2, 0.5)", stride=(1, 1)),
        Affine("f", 8, 5, activation="leaky(0.2)"),
        Affine("h", 5, 10, activation="identity"),
    ),
    Loss("cross_entropy", reg=0.1),
)
GRID = Architecture(
    "options",
    (
        Convolution("a", 1, 3, (14, 18), (3, 2), activation="leaky(0.5)"),
        MaxPool("b", 3, (12, 17), (3, 4), activation="identity", stride=(2, 3)),
        Convolution("c", 3, 4, (5, 5), (2, 2), activation="identity"),
        AveragePool("d", 4, (4, 4), (2, 1), activation="relu", stride=(2, 3)),
        Subsampling("e", 4, (2, 2), (2, 1), activation="identity", stride=(1, 1)),
        Affine("f", 8, 5, activation="leaky(0.5)"),
        Affine("h", 5, 10, activation="identity"),
    ),
    None,
)


def drawn(arch: Architecture, tier: str, seed: int = 1) -> Case:
    """Normal numbers, in the exact tier small whole ones; in some draws all units of a layer are
    positive, and that is not trusted."""
    rng = generator("options", tier, seed)
    dtype = "float32" if tier == "float32" else "float64"

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        whole = rng.integers(-2, 3, size=shape).astype(float)
        return (whole if tier == "exact" else rng.standard_normal(shape)).astype(dtype)

    return Case(
        arch=arch,
        tier=tier,
        regime="options",
        batch=3,
        seed=seed,
        images=draw((3, *arch.input_shape)),
        parameters={name: draw(shape) for name, shape in parameter_shapes(arch).items()},
        labels=None if arch.loss is None else rng.integers(0, 10, size=3),
        upstream=draw((3, *arch.output_shape)) if arch.loss is None else None,
    )


def rows(case: Case, arch: Architecture | None = None) -> list[Finding]:
    """What is said of the reference, or of that with other options."""
    other = arch or case.arch
    return judge_subject(case, lambda given: reference(replace(given, arch=other)))


@pytest.mark.parametrize(("arch", "tier"), [
    (FREE, "float64"), (FREE, "float32"), (GRID, "exact"), (GRID, "float64"), (GRID, "float32"),
])  # fmt: skip
@pytest.mark.parametrize("seed", range(1, 4))
def test_right_code_passes_in_every_tier(arch: Architecture, tier: str, seed: int) -> None:
    found = rows(drawn(arch, tier, seed))
    assert [(f.step.tensor, f.verdict) for f in found if f.verdict is not Verdict.PASS] == []
    assert {"b.da", "d.dx", "e.dW", "a.dz"} <= {f.step.tensor for f in found}


@pytest.mark.parametrize("ties", TIES)
def test_ties_under_overlap_pass(ties: str) -> None:
    """With whole numbers every other window has several maxima."""
    layers = tuple(replace(x, ties=ties) if isinstance(x, MaxPool) else x for x in GRID.layers)
    found = rows(drawn(replace(GRID, layers=layers), "float64"))
    assert [(f.step.tensor, f.verdict) for f in found if f.failed] == []


def with_options(arch: Architecture, name: str, **options: object) -> Architecture:
    """One layer with others."""
    change: Callable[[Layer], Layer] = lambda x: replace(x, **options) if x.name == name else x  # noqa: E731
    return replace(arch, layers=tuple(map(change, arch.layers)))


@pytest.mark.parametrize(("stride", "said"), [
    (None, "side by side: the stride is taken to be the window"),
    ((1, 1), "one step apart: the stride is missing"),
])  # fmt: skip
def test_another_number_of_windows_is_explained(stride: tuple[int, int] | None, said: str) -> None:
    alone = replace(FREE, layers=FREE.layers[1:2], loss=None)
    case = drawn(alone, "float64")
    trace = reference(drawn(with_options(alone, "b", stride=stride), "float64"))
    found = judge_subject(case, lambda given: trace)
    (cause,) = [f.cause for f in found if f.step.tensor == "b.z"]
    assert cause is not None and said in cause.text


def test_sizes_rounded_up_are_explained() -> None:
    (step,) = [s for s in steps(FREE) if s.tensor == "b.z"]
    assert "rounded up" in told(step, (3, 3, 6, 6))
    assert told(step, (3, 3, 5, 5)) == told(step, (3, 3, 9, 9)) == ""


@pytest.mark.parametrize(("name", "options", "tensor", "cause"), [
    ("a", {"activation": "leaky(0.3)"}, "a.y", "another-slope"),
    ("a", {"activation": "relu"}, "a.y", "another-activation"),
    ("a", {"activation": "identity"}, "a.y", "not-applied"),
    ("b", {"activation": ""}, "b.y", "not-applied"),
    ("b", {"activation": "tanh"}, "b.y", "another-activation"),
    ("c", {"activation": "scaled_tanh(1, 0.6667)"}, "c.y", "lost-A"),
    ("c", {"activation": "scaled_tanh(1.7159, 1)"}, "c.y", "lost-S"),
    ("c", {"activation": "tanh"}, "c.y", "another-activation"),
    ("d", {"activation": "leaky(0.02)"}, "d.y", "another-slope"),
    ("e", {"reading": "average"}, "e.s", "averaged"),
    ("f", {"activation": "leaky(0.04)"}, "f.y", "applied-twice"),
])  # fmt: skip
def test_another_option_is_blamed_on_its_layer_and_named(
    name: str, options: dict[str, object], tensor: str, cause: str
) -> None:
    found = rows(drawn(FREE, "float64"), with_options(FREE, name, **options))
    guilty = [f for f in found if f.guilty]
    assert {f.step.layer for f in guilty} == {name}
    (said,) = [f.cause for f in guilty if f.step.tensor == tensor]
    assert said is not None and cause in said.names


def test_the_way_without_a_trace_gives_the_same() -> None:
    case = drawn(FREE, "float64")
    assert case.labels is not None
    quick = gradients(FREE, case.parameters, case.images, case.labels)
    whole = network.run(FREE, case.parameters, case.images, case.labels)
    for name, value in quick.items():
        np.testing.assert_allclose(value, whole[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_leaky_units_are_contested() -> None:
    """A unit at zero in float32: nobody knows on which side it lies in somebody's right run."""
    arch = Architecture("options", (Affine("f", 3, 4, activation="leaky(0.1)"),), None)
    case = drawn(arch, "float32")
    at_zero = {**case.parameters, "f.b": -(case.parameters["f.W"] @ case.images[0])}
    assert contested(replace(case, parameters=at_zero)) >= 4
    assert contested(case) == 0


def test_a_mask_that_rounding_turned_costs_one_minus_the_slope() -> None:
    arch = Architecture("options", (Affine("f", 3, 4, activation="leaky(0.25)"),), None)
    case = drawn(arch, "float32")
    right = reference(case)
    z = np.array(right["f.z"])
    z[0] *= -1
    judge = Judge(case, {**right, "f.z": z}, with_truth=False)
    unit, dy = torch.ones(3, 4) * 10, torch.from_numpy(np.abs(np.asarray(case.upstream)))
    query = Query(judge.free, lambda name: unit if name == "f.z" else None, {"f.z": to_torch(z)})
    (step,) = [s for s in judge.steps if s.tensor == "f.dz"]
    found = RULES[step.op](query, step).propagated
    assert found is not None
    torch.testing.assert_close(found[0], 0.75 * dy[0].double())
    assert (found[1:] == 0).all()


def test_a_rectifier_behind_rectified_pooling_is_not_mistrusted() -> None:
    """Its input cannot be negative, whatever the data."""
    arch = Architecture(
        "options",
        (
            Convolution("a", 1, 3, (9, 9), (2, 2)),
            AveragePool("b", 3, (8, 8), activation="relu"),
            MaxPool("c", 3, (4, 4), activation="leaky(0.1)"),
        ),
        None,
    )
    assert {f.verdict for f in rows(drawn(arch, "float64"))} == {Verdict.PASS}
