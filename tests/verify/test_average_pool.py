"""A family that stands in neither network, in a network whose layers have names of their own."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref.architecture import Affine, Architecture, Convolution, Loss
from lenet_ref.fast.gradients import gradients
from lenet_ref.layers import average_pool
from lenet_ref.network import run
from lenet_ref.parameters import initial
from lenet_ref.specs.average_pool import AveragePool
from verify.cases.case import Case
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_subject
from verify.subjects.reference import reference

LAYERS = (
    Convolution("first", 1, 3, (8, 10), kernel=(3, 3)),
    AveragePool("mean", 3, (6, 8), window=(2, 4)),
    Affine("scores", 18, 4, activation="identity"),
)
NETWORK = Architecture("modern", LAYERS, Loss("cross_entropy"))


def case(dtype: str = "float64") -> Case:
    rng = np.random.default_rng(5)
    images = rng.standard_normal((3, 1, 8, 10)).astype(dtype)
    return Case(NETWORK, dtype, "signed", 3, 5, images, initial(NETWORK, 5, dtype),
                np.array([0, 3, 1]))  # fmt: skip


def judged(dtype: str = "float64") -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_subject(case(dtype), reference)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_right_passes(dtype: str) -> None:
    found = judged(dtype)
    assert {f.verdict for f in found.values()} == {"pass"}
    assert {"mean.a", "mean.z", "mean.da", "mean.dx"} <= found.keys()


@pytest.mark.parametrize(
    ("function", "wrong", "tensor"),
    [
        ("average", lambda a: a.sum(axis=1), "mean.z"),
        ("average", lambda a: a.max(axis=1), "mean.z"),
        ("average", lambda a: a.sum(axis=1) / 4, "mean.z"),
        ("window_gradient", lambda dz, size: dz[:, None].repeat(size, axis=1), "mean.da"),
        ("window_gradient", lambda dz, size: np.eye(1, size) * dz[:, None], "mean.da"),
    ],
    ids=["sum", "max", "square-window", "whole-gradient", "first-element"],
)
def test_what_is_wrong_is_located(
    function: str, wrong: object, tensor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(average_pool, function, wrong)
    guilty = [f for f in judged().values() if f.guilty]
    assert {f.step.layer for f in guilty} == {"mean"}
    assert guilty[0].step.tensor == tensor


def test_the_untraced_path_agrees() -> None:
    c = case()
    whole = run(c.arch, c.parameters, c.images, c.labels)
    found = gradients(c.arch, c.parameters, c.images, c.labels, block=2)
    for name, value in found.items():
        np.testing.assert_allclose(value, whole[name], rtol=1e-12, atol=1e-14, err_msg=name)
