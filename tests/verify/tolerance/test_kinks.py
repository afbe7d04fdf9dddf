"""What a rule excuses at a kink: the windows that are in doubt, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from lenet_ref import network
from lenet_ref.architecture import Affine, Architecture, Convolution, Loss, MaxPool
from tests.verify.tolerance.settings import Array, judged, setting
from verify.oracle.free_run import free_run
from verify.tolerance.activation import apply, smooth
from verify.tolerance.maxima import candidates
from verify.tolerance.origins import UNKNOWN, origins
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

ROWS = np.array(
    [
        [3.0, 3.0, 1.0, 0.0],  # tie to the bit, certain
        [3.0, 3.0, 1.0, 0.0],  # tie, and uncertain
        [3.0, 2.5, 1.0, 0.0],  # uncertain, but no tie
        [3.0, 2.5, 1.0, 0.0],  # uncertain beyond the difference
        [3.0, 2.5, 2.9, 0.0],  # only a loser is uncertain, and cannot win
        [3.0, 2.5, 2.9, 0.0],  # a loser is uncertain, and can
    ]
)
UNCERTAIN = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [0.1, 0.1, 0.1, 0.1],
        [0.1, 0.1, 0.1, 0.1],
        [0.3, 0.3, 0.3, 0.3],
        [0.0, 0.2, 0.0, 0.0],
        [0.0, 0.0, 0.2, 0.0],
    ]
)
CONTESTED = [[], [0, 1], [], [0, 1], [], [0, 2]]


def image(rows: Array) -> Array:
    """The windows side by side, as one map."""
    return np.concatenate([row.reshape(2, 2) for row in rows], axis=1)[None, None]


def contested(rows: Array, errors: Array) -> list[list[int]]:
    """Of each window the places that may win."""
    arch = Architecture("modern", (MaxPool("S2", 1, (2, 2 * len(rows))),), None)
    x, e = image(rows), torch.tensor(image(errors))
    trace = network.run(arch, {}, x, None, np.ones((1, 1, 1, len(rows))))
    s = judged(arch, "float64", dict(trace), None)
    query = Query(s.evaluation, lambda name: e if name == "S2.x" else None, {})
    (step,) = s.steps("max_pool.argmax")
    found = candidates(query, step.inputs[0], step)
    if found is None:
        return []
    return [torch.nonzero(row).flatten().tolist() for row in found]


def test_a_window_is_contested_within_its_own_uncertainty() -> None:
    assert contested(ROWS, UNCERTAIN) == CONTESTED


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_whatever_stands_beside_it(row: int) -> None:
    assert contested(ROWS[[row]], UNCERTAIN[[row]]) == [CONTESTED[row]]


def test_what_is_zero_by_definition_is_zero_to_the_bit() -> None:
    """The mean distance's gradient has one element a pattern; no other may be anything."""
    s = setting("mle", "benign", "float64", n=3)
    (step,) = s.steps("mle.dx")
    allowed: Tensor = RULES[step.op](s.query, step).value("float64")
    label = torch.nn.functional.one_hot(s.evaluation.labels, allowed.shape[1]).bool()
    assert (allowed[label] > 0).all() and (allowed[~label] == 0).all()


@pytest.mark.parametrize("labelled", [True, False])
def test_a_free_run_has_a_loss_if_there_are_labels(labelled: bool) -> None:
    """And starts from an upstream gradient where one is given."""
    s = setting("logits", "benign", "float64")
    parameters = {"F7.W": torch.eye(5).double(), "F7.b": torch.zeros(5).double()}
    labels = s.evaluation.labels if labelled else None
    x, ones = s.evaluation.value("F7.x"), torch.ones(2, 5).double()
    found = free_run(s.arch, parameters, x, labels, ones)
    assert ("loss.data" in found) == ("loss.dx" in found) == labelled
    torch.testing.assert_close(found["F7.dz"], ones, rtol=0, atol=0)
    if labelled:
        hot = torch.nn.functional.one_hot(s.evaluation.labels, 5)
        started = free_run(s.arch, parameters, x, labels, None)
        torch.testing.assert_close(started["F7.dz"], (torch.softmax(x, dim=1) - hot) / 2)


@pytest.mark.parametrize("place", range(6))
def test_an_uncertain_element_takes_its_own_field_alone(place: int) -> None:
    """Elements of one origin stay of one origin where their fields are certain."""
    arch = Architecture("modern", (Convolution("C1", 1, 1, (1, 6), (1, 2)),), None)
    trace = network.run(arch, {"C1.W": np.ones((1, 1, 1, 2)), "C1.b": np.zeros(1)},
                        np.ones((1, 1, 1, 6)), None, np.ones((1, 1, 1, 5)))  # fmt: skip
    s = judged(arch, "float64", dict(trace), None)
    e = torch.zeros(1, 1, 1, 6).double()
    e[..., place] = 1e-9
    query = Query(s.evaluation, lambda name: e if name == "C1.x" else None, {})
    found = origins(query, "C1.z").flatten()
    known = [i for i in range(5) if place not in (i, i + 1)]
    assert [i for i in range(5) if found[i] != UNKNOWN] == known
    assert len({int(found[i]) for i in known}) == 1


@pytest.mark.parametrize("name", ["squash", "tanh", "logistic", "scaled_tanh(0.5, 1.5)"])
def test_the_curvature_is_the_largest_there_is(name: str) -> None:
    """The second derivative by differences, on a grid around its extremes."""
    z = torch.linspace(-4, 4, 80_001, dtype=torch.float64)
    y = apply(z, name)
    second = (y[2:] - 2 * y[1:-1] + y[:-2]) / 1e-8
    assert second.abs().max().item() == pytest.approx(smooth(name).bend, rel=1e-4)


@pytest.mark.parametrize(("network", "op"), [("mle", "mle.data"), ("logits", "cross_entropy.data")])
def test_a_sum_over_the_batch_costs_a_rounding_more_than_a_mean(network: str, op: str) -> None:
    """The product with N; and N times the size."""
    s = setting(network, "benign", "float64", n=3)
    (step,) = s.steps(op)
    summed = replace(step, spec=replace(step.spec, reduction="sum"))
    mean, total = RULES[op](s.query, step), RULES[op](s.query, summed)
    assert total.roundings == mean.roundings + 1
    torch.testing.assert_close(total.magnitude, 3 * mean.magnitude)


@pytest.mark.parametrize(("name", "size"), [("squash", 0.0), ("tanh", 0.0), ("logistic", 1.0)])
def test_the_size_of_a_smooth_activation_of_zero(name: str, size: float) -> None:
    """f(0) is exact on both sides where it is 0; the logistic function rounds as 1 does."""
    arch = Architecture("1998", (Affine("F6", 1, 1, activation=name),), None)
    trace = network.run(arch, {"F6.W": np.ones((1, 1)), "F6.b": np.zeros(1)},
                        np.zeros((1, 1)), None, np.ones((1, 1)))  # fmt: skip
    s = judged(arch, "float64", dict(trace), None)
    (step,) = s.steps("activation.y")
    assert float(RULES[step.op](s.query, step).magnitude) == size


def test_a_given_upstream_gradient_does_not_drop_the_regulariser() -> None:
    """dW = x^T dz + reg W, whatever the way back starts from."""
    s = setting("logits", "benign", "float64")
    arch = replace(s.arch, loss=Loss("cross_entropy", reg=0.5))
    parameters = {"F7.W": torch.full((5, 5), 3.0).double(), "F7.b": torch.zeros(5).double()}
    x, ones = s.evaluation.value("F7.x"), torch.ones(2, 5).double()
    found = free_run(arch, parameters, x, s.evaluation.labels, ones)
    torch.testing.assert_close(found["F7.dW"], ones.T @ x + 0.5 * parameters["F7.W"])
