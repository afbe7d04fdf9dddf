"""Counterexamples that once broke a rule: each failed before the rule was mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lenet_ref import network
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Loss,
    RadialBasis,
    Subsampling,
)
from lenet_ref.losses import cross_entropy
from tests.verify.tolerance.exact import evaluate
from tests.verify.tolerance.holds import UNDERFLOWS, exact_inputs, excess, violations
from tests.verify.tolerance.settings import judged
from verify.cases.case import Case
from verify.expected.shapes import shapes
from verify.expected.steps import steps
from verify.judge.trust import inexact
from verify.oracle.evaluation import Evaluation
from verify.pipeline import judging
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

Array = Any
LOGISTIC: tuple[Callable[[Array], Array], ...] = (
    lambda z: 1 / (1 + np.exp(-z)),
    lambda z: np.tanh(z / 2) / 2 + z.dtype.type(0.5),
    lambda z: np.exp(-np.logaddexp(z.dtype.type(0), -z)),
)
"""Caffe's and XLA's among them."""


@pytest.mark.parametrize(("name", "kind", "dtype"), sorted(UNDERFLOWS))
def test_magnitudes_that_underflow(name: str, kind: str, dtype: str) -> None:
    assert violations(name, kind, dtype) == []


def _map_at(distance: float, j: float) -> Case:
    """One pattern whose nearest code is about as far away as the rubbish class."""
    far = np.array([[distance], [distance + 0.3], [4 * distance]]) ** 0.5
    arch = Architecture("1998", (RadialBasis("F7", 1, 3),), Loss("map", j=j))
    image = np.zeros((1, 1))
    return Case(arch, "float64", "signed", 1, 0, image, {"F7.W": far}, np.array([0]))


def test_map_gradient_with_a_large_rubbish_distance() -> None:
    case = _map_at(1500.1, 1500.1)
    trace = network.run(case.arch, case.parameters, case.images, case.labels)
    found = {f.step.tensor: f.own.verdict for f in judging.judged(case, trace)}
    assert found["loss.dx"] == "pass"


def test_map_probabilities_with_a_j_that_is_not_representable() -> None:
    arch = Architecture("1998", (RadialBasis("F7", 1, 2),), Loss("map", j=600.1))
    codes = np.array([[600.1], [2000.0]], dtype="float32") ** np.float32(0.5)
    labels = np.array([0])
    trace = network.run(arch, {"F7.W": codes}, np.zeros((1, 1), "float32"), labels)
    s = judged(arch, "float32", trace, labels)
    step = s.steps("map.probs")[0]
    bound = s.bound(step).value("float32", sides=1).numpy()
    assert not excess(trace["loss.probs"], evaluate(exact_inputs(s, step)), bound)


def test_average_over_a_window_that_is_no_power_of_two() -> None:
    arch = Architecture(
        "1998", (Subsampling("S2", 1, (1, 7), (1, 7), "average", "identity"),), None
    )
    tiny = np.float32(2.0**-24 * (1 + 2.0**-10))
    x = np.full((1, 1, 1, 7), tiny)
    worst = 0.0
    for k in range(48):
        x[..., 0] = np.float32(1 + k * 2.0**-23)
        one = np.ones(1, "float32")
        trace = network.run(arch, {"S2.W": one, "S2.b": one}, x, None, np.ones((1, 1, 1, 1), "f"))
        s = judged(arch, "float32", trace, None)
        step = s.steps("subsampling.s")[0]
        bound = s.bound(step).value("float32", sides=1).numpy()
        off = abs(float(trace["S2.s"].item()) - float(x.astype("float64").sum()) / 7)
        worst = max(worst, off / float(bound.item()))
    assert worst <= 1


def test_probabilities_of_uncertain_logits() -> None:
    arch = Architecture("modern", (Affine("F7", 2, 2, "identity"),), Loss("cross_entropy"))
    ours = np.array([[2.619776487350464, -79.00008392333984]], dtype="float32")
    theirs = np.array([[-5.2395524978637695, -71.14075469970703]], dtype="float32")
    e = torch.full((1, 2), 7.8593292236328125, dtype=torch.float64)
    base, labels = {"loss.x": torch.tensor(ours)}, torch.tensor([0])
    ev = Evaluation(steps(arch), shapes(arch, 1), base, labels, torch.float32)
    step = ev.steps["loss.probs"]
    bound = RULES[step.op](Query(ev, lambda name: e, {}), step).value("float32").numpy()
    off = np.abs(cross_entropy.probabilities(theirs) - ev.computed("loss.probs").numpy())
    assert (off <= bound).all()


def test_exact_certificate_for_inputs_off_the_grid() -> None:
    """(a + 1) - a is not 1 for this a, and (a - a) + 1 is: no order-independent result."""
    a = 0.6034745582294528
    assert (a + 1.0) - a != (a - a) + 1.0
    arch = Architecture("modern", (Affine("F6", 3, 1, "identity"),), None)
    step = next(s for s in steps(arch, backward=False) if s.symbol == "z")
    bound = Bound("product", 4, torch.full((1, 1), 1 + 2 * a, dtype=torch.float64))
    assert inexact(step, bound, torch.ones(1, 1, dtype=torch.float64), "float64")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_truth_of_the_logistic_function_far_below_zero(dtype: str) -> None:
    arch = Architecture("1998", (Affine("F6", 1, 1, "logistic"),), None)
    one = np.ones((1, 1), dtype)
    parameters = {"F6.W": one, "F6.b": np.zeros(1, dtype)}
    for z, verdict in ((-10, "pass"), (-40, "mistrusted")):  # below 10u, nothing tells y from 0
        case = Case(arch, dtype, "signed", 1, 0, z * one, parameters, None, 3 * one)
        trace = network.run(arch, parameters, case.images, None, case.upstream)
        found = {f.step.tensor: f.own.verdict for f in judging.judged(case, trace)}
        assert found["F6.y"] == verdict


@pytest.mark.parametrize(("form", "right"), [*((form, True) for form in LOGISTIC), (None, False)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_usual_form_of_the_logistic_function_is_right(
    form: Callable[[Array], Array] | None, right: bool, dtype: str
) -> None:
    arch = Architecture("1998", (Affine("F6", 1, 1, "logistic"),), None)
    z = np.linspace(-30, 30, 2001, dtype=dtype)[:, None]
    parameters = {"F6.W": np.ones((1, 1), dtype), "F6.b": np.zeros(1, dtype)}
    case = Case(arch, dtype, "signed", len(z), 0, z, parameters, None, np.ones_like(z))
    trace = network.run(arch, parameters, z, None, np.ones_like(z))
    y = trace["F6.y"] * (1 + 16 * np.finfo(dtype).eps) if form is None else form(z)
    trace = {**trace, "F6.y": y.astype(dtype), "F6.dz": (y * (1 - y)).astype(dtype)}
    found = {f.step.tensor: f.own.verdict for f in judging.judged(case, trace)}
    assert (found["F6.y"] == "pass") is right
    assert found["F6.dz"] == "pass" or form is None


def test_truth_of_the_cross_entropy_of_huge_logits() -> None:
    arch = Architecture("modern", (Affine("F7", 3, 3, "identity"),), Loss("cross_entropy"))
    parameters = {"F7.W": np.eye(3), "F7.b": np.zeros(3)}
    logits, labels = np.array([[1e9, 1e9 - 1.1, 1e9 - 30]]), np.array([0])
    case = Case(arch, "float64", "signed", 1, 0, logits, parameters, labels)
    trace = network.run(arch, parameters, logits, labels)
    found = {f.step.tensor: f.own.verdict for f in judging.judged(case, trace)}
    assert found["loss.data"] == "pass"


@pytest.mark.skipif(not torch.backends.nnpack.is_available(), reason="no NNPACK on this machine")
@pytest.mark.filterwarnings("ignore:TF32")
def test_a_convolution_by_fourier_transform_leaves_the_bound() -> None:
    """What the bounds do not cover: NNPACK, which torch takes for float32 batches of 16 where
    oneDNN is absent, is off by a multiple of the largest input instead of the nearby ones."""
    x = np.random.default_rng(0).standard_normal((16, 6, 14, 14))
    x[:, :, :7] *= 1e4
    images, W = torch.tensor(x.astype("f")), torch.ones(16, 6, 5, 5)
    true, M = (F.conv2d(t.double(), W.double()) for t in (images, images.abs()))
    with torch.backends.mkldnn.flags(enabled=False), torch.backends.nnpack.flags(enabled=True):
        fourier = F.conv2d(images, W)
    with torch.backends.mkldnn.flags(enabled=False), torch.backends.nnpack.flags(enabled=False):
        direct = F.conv2d(images, W)
    bound = Bound("product", 151, M).value("float32", sides=1)
    assert ((direct.double() - true).abs() <= bound).all()
    assert ((fourier.double() - true).abs() > bound).any()


@pytest.mark.skipif(not torch.backends.nnpack.is_available(), reason="no NNPACK on this machine")
@pytest.mark.filterwarnings("ignore:TF32")
def test_the_oracle_convolves_without_a_transform() -> None:
    layer = Convolution("C3", 6, 16, (14, 14), activation="identity")
    rng = np.random.default_rng(0)
    images = rng.standard_normal((16, 6, 14, 14)).astype("f")
    images[:, :, :7] *= np.float32(1e4)
    parameters = {"C3.W": np.ones((16, 6, 5, 5), "f"), "C3.b": np.zeros(16, "f")}
    arch = Architecture("modern", (layer,), None)
    upstream = rng.standard_normal((16, 16, 10, 10)).astype("f")
    case = Case(arch, "float32", "signed", 16, 0, images, parameters, None, upstream)
    trace = network.run(arch, parameters, images, None, upstream)
    with torch.backends.mkldnn.flags(enabled=False):
        found = {f.step.tensor: f.own.verdict for f in judging.judged(case, trace)}
    assert found["C3.z"] == "pass"
