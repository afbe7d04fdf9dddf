"""The losses that neither network has, behind a network whose layers have names of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from lenet_ref.architecture import Affine, Architecture, Convolution, Loss, RadialBasis
from lenet_ref.fast.gradients import gradients
from lenet_ref.losses import cross_entropy, distance_softmax, squared_error
from lenet_ref.network import run
from lenet_ref.parameters import initial
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.squared_error import SquaredError
from tests.docs.derivation import PAGE, rows
from verify.cases.case import Case
from verify.checks.lifecycle import lifecycle
from verify.errors import InputError
from verify.exchange.conventions import as_trace
from verify.exchange.layout import Layout
from verify.exchange.schema import expected
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_subject, judged
from verify.subjects.reference import reference

BELOW = (
    Convolution("first", 1, 3, (8, 10), kernel=(3, 3), activation="relu"),
    AveragePool("mean", 3, (6, 8), window=(2, 4)),
)
SCORES = (*BELOW, Affine("scores", 18, 4, activation="identity"))
DISTANCES = (*BELOW, Affine("state", 18, 5), RadialBasis("codes", 5, 4, learned=True))
LOSSES: dict[str, Loss] = {
    "smoothed": Loss("cross_entropy", reg=0.25, smoothing=0.2),
    "distances": Loss("distance_softmax", reg=0.25),
    "outputs": SquaredError(half=True, reg=0.25),
    "mean-outputs": SquaredError(classes="mean"),
    "softmax": SquaredError(on="softmax", half=True, reg=0.25),
    "mean-softmax": SquaredError(on="softmax", classes="mean"),
    "summed": SquaredError(on="softmax", reduction="sum", gradient="sum"),
    "printed-sum": SquaredError(on="outputs", reduction="sum"),
}
each_loss = pytest.mark.parametrize("name", LOSSES)


def network(name: str) -> Architecture:
    layers = DISTANCES if name == "distances" else SCORES
    return Architecture("any", layers, LOSSES[name], name)


def case(name: str, tier: str = "float64") -> Case:
    arch, rng = network(name), np.random.default_rng(5)
    dtype = "float32" if tier == "float32" else "float64"
    images = rng.standard_normal((4, 1, 8, 10))
    parameters = {key: value.astype(dtype) for key, value in initial(arch, 5, dtype).items()}
    found = Case(arch, tier, "signed", 4, 5, images.astype(dtype), parameters,
                 np.array([0, 3, 1, 2]))  # fmt: skip
    return exact(found, rng) if tier == "exact" else found


def exact(found: Case, rng: np.random.Generator) -> Case:
    """Small integers, also behind windows of eight, nothing squashed, and an upstream gradient."""
    draw = partial(rng.choice, [-1.0, 0.0, 1.0], p=[0.15, 0.7, 0.15])  # few: no softmax is certain
    parameters = {key: draw(size=value.shape) for key, value in found.parameters.items()}
    parameters["first.b"] = 8 * parameters["first.b"]
    layers = tuple(
        replace(layer, activation="identity") if isinstance(layer, Affine) else layer
        for layer in found.arch.layers
    )
    return replace(
        found,
        arch=replace(found.arch, layers=layers),
        images=8.0 * draw(size=found.images.shape),
        parameters=parameters,
        upstream=draw(size=(4, 4)),
    )


def findings(name: str, tier: str = "float64") -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_subject(case(name, tier), reference)}


@pytest.mark.parametrize("tier", ["exact", "float64", "float32"])
@each_loss
def test_what_is_right_passes(name: str, tier: str) -> None:
    found = findings(name, tier)
    assert {tensor: f.verdict for tensor, f in found.items() if f.verdict != "pass"} == {}
    assert ("loss.probs" in found) == ("outputs" not in name and name != "printed-sum")


@pytest.mark.parametrize("name", ["outputs", "printed-sum"])
def test_on_outputs_the_exact_tier_is_exact(name: str) -> None:
    """The batch is a power of two: the loss and its gradient are compared bit for bit."""
    found = findings(name, "exact")
    assert [found[f"loss.{symbol}"].own.rule for symbol in ("data", "dx")] == ["exact", "exact"]
    assert findings("mean-outputs", "exact")["loss.dx"].own.rule == "exact"  # of four classes
    assert findings("softmax", "exact")["loss.dx"].own.rule == "softmax"


@each_loss
def test_the_untraced_path_agrees(name: str) -> None:
    c = case(name)
    whole = run(c.arch, c.parameters, c.images, c.labels)
    found = gradients(c.arch, c.parameters, c.images, c.labels, block=3)
    assert {"loss.data", "loss.reg", "loss.total", "first.dx", "first.dW"} <= found.keys()
    for tensor, value in found.items():
        np.testing.assert_allclose(value, whole[tensor], rtol=1e-12, atol=1e-14, err_msg=tensor)


@each_loss
def test_nothing_is_remembered(name: str) -> None:
    assert [check for check in lifecycle(reference, case(name)) if not check.passed] == []


@each_loss
def test_every_equation_of_the_loss_stands_in_the_derivation(name: str) -> None:
    known = {row.id for row in rows(PAGE.read_text())}
    assert {s.equation for s in steps(network(name)) if s.layer == "loss"} <= known


WRONG: list[tuple[str, Any, str, Any, str, str]] = [
    ("softmax", squared_error, "through_softmax", lambda p, dp: dp, "loss.dx", "no-jacobian"),
    ("mean-softmax", squared_error, "through_softmax", lambda p, dp: p * (1 - p) * dp, "loss.dx",
     "diagonal"),
    ("outputs", squared_error, "gradient",
     lambda x, labels, c: 2 * (x - cross_entropy.one_hot(labels, x)) / len(x), "loss.dx",
     "half-forgotten"),
    ("mean-outputs", squared_error, "data_loss",
     lambda x, labels, c: ((x - cross_entropy.one_hot(labels, x)) ** 2).sum() / len(x),
     "loss.data", "classes-summed"),
    ("smoothed", cross_entropy, "smoothed_gradient",
     lambda p, labels, s: (p - cross_entropy.one_hot(labels, p)) / len(p), "loss.dx",
     "smoothing-forgotten"),
    ("smoothed", cross_entropy, "smoothed_loss",
     lambda x, labels, s: cross_entropy.data_loss(x, labels), "loss.data", "smoothing-forgotten"),
    ("distances", distance_softmax, "gradient",
     lambda p, labels: (p - cross_entropy.one_hot(labels, p)) / len(p), "loss.dx", "sign"),
    ("distances", distance_softmax, "probabilities", cross_entropy.probabilities, "loss.probs",
     "negated"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "module", "function", "wrong", "tensor", "cause"), WRONG)
def test_what_is_wrong_is_located_and_named(
    name: str, module: Any, function: str, wrong: Any, tensor: str, cause: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, function, wrong)
    guilty = [f for f in findings(name).values() if f.guilty]
    assert {f.step.layer for f in guilty} == {"loss"}
    assert guilty[0].step.tensor == tensor
    assert guilty[0].cause is not None and guilty[0].cause.name == cause


def test_what_as_many_patterns_as_classes_cannot_tell_apart_is_said_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def summed(x: Any, labels: Any, c: float) -> Any:
        return ((x - cross_entropy.one_hot(labels, x)) ** 2).sum() / len(x)

    monkeypatch.setattr(squared_error, "data_loss", summed)
    cause = findings("mean-outputs")["loss.data"].cause
    assert cause is not None and {"classes-summed", "times-N"} <= {*cause.options}


@pytest.mark.parametrize("chosen", [{"loss": "sum"}, {"gradients": "sum"}, {"loss": "half"}],
                         ids=str)  # fmt: skip
@pytest.mark.parametrize("name", ["mean-outputs", "mean-softmax"])
def test_conventions_of_the_batch_hold_for_every_loss(name: str, chosen: dict[str, str]) -> None:
    c = case(name)
    theirs = dict(reference(c))
    factor = 0.5 if chosen.get("loss") == "half" else float(c.batch)
    for tensor, value in theirs.items():
        symbol = tensor.partition(".")[2]
        gradient = symbol.startswith("d") and symbol != "data"
        if gradient or ("loss" in chosen and tensor in ("loss.data", "loss.total")):
            theirs[tensor] = np.asarray(value * factor)
    declared, trace = as_trace(c, theirs, Layout(chosen=chosen))
    assert {f.verdict for f in judged(declared, trace)} == {"pass"}
    assert any(f.failed for f in judged(c, theirs))


def test_halved_distances_are_no_convention_of_their_softmax() -> None:
    c = case("distances")
    with pytest.raises(InputError, match="halved distances"):
        as_trace(c, reference(c), Layout(chosen={"rbf": "half"}))


def test_outputs_that_are_compared_as_they_are_have_no_probabilities() -> None:
    assert "loss.probs" not in expected(network("outputs"), 3)
    assert expected(network("softmax"), 3)["loss.probs"] == (3, 4)
