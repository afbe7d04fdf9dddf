"""Common mistakes, made here by themselves: named, with what is read off the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.mistakes.said import NOTHING_SAID, drawn, of, said
from tests.verify.mistakes.test_hidden import turned


@pytest.mark.parametrize("slope", [0.01, 0.2, 1 / 3, 0.05])
@pytest.mark.parametrize("layer", ["C1", "C3", "C5", "F6"])
def test_a_leaky_slope_is_said(layer: str, slope: float) -> None:
    case, t = drawn("modern")
    z = t[f"{layer}.z"]
    found = said(case, t, f"{layer}.y", np.where(z > 0, z, slope * z))
    assert found.name == "leaky" and ("1/100" if slope == 0.01 else f"{slope:.4g}") in found.text
    two = np.where(z > 0, z, np.where(z < -0.05, slope, slope / 2) * z)
    assert said(case, t, f"{layer}.y", two) == NOTHING_SAID


@pytest.mark.parametrize("epsilon", [1e-3, 1e-8, 2.0**-23, 2.0**-52, 1e-10])
def test_an_epsilon_in_the_logarithm_is_said_with_its_size(epsilon: float) -> None:
    case, t = drawn("modern", regime="saturated")
    p = t["loss.probs"][np.arange(3), case.labels]
    found = said(case, t, "loss.data", np.asarray(-np.log(p + epsilon).mean()))
    assert f"{epsilon:g}" in found.text and found.name in ("clipped", "padded")
    other = -np.log(p + epsilon * 1.37).mean()
    assert said(case, t, "loss.data", np.asarray(other)) == NOTHING_SAID


def test_an_update_before_dx() -> None:
    case, t = drawn("modern")
    wrong = turned(t["C3.W"] - 0.03 * t["C3.dW"])
    assert said(case, t, "C3.dx", wrong).name == "updated-weights"


def test_a_table_s_biases_counted_for_each_connected_map() -> None:
    case, t = drawn("1998")
    links = np.array([len(sources) for sources in case.arch.layers[2].table])  # type: ignore[attr-defined]
    more = ((links - 1) * t["C3.b"])[:, None, None]
    assert of("C3.z", lambda a: a + more, "1998").name == "bias-per-connected-map"


@pytest.mark.parametrize("factor", [255.0, 1 / 255])
def test_images_in_another_range(factor: float) -> None:
    found = of("C1.x", lambda a: a * factor)
    assert found.name == "range" and "255" in found.text
    assert of("C1.x", lambda a: a * 254).name != "range"


def test_errors_masked_before_they_are_handed_down() -> None:
    case, t = drawn("modern")
    for tensor in ("F6.dx", "C5.dx", "S2.dx", "C3.dx"):
        mask = t[tensor.replace("dx", "x")] > 0
        assert said(case, t, tensor, t[tensor] * mask).name == "changed-in-place"


def test_an_activation_on_the_outputs() -> None:
    found = of("F7.y", lambda a: np.maximum(a, 0))
    assert found.name == "on-a-linear-layer" and "relu" in found.text


def test_half_the_squared_error_of_the_softmax() -> None:
    case, t = drawn("modern")
    Y = np.eye(10)[case.labels]
    half = ((t["loss.probs"] - Y) ** 2).sum() / 6
    assert "half the squared error" in said(case, t, "loss.data", np.asarray(half)).text


def test_memory_in_another_order() -> None:
    assert "IOHW" in of("C3.W", lambda a: a.swapaxes(0, 1).copy().reshape(a.shape)).text
    assert of("C3.dW", lambda a: a.T.copy().reshape(a.shape)).name == "reversed-axes"


def test_marks_from_an_earlier_call() -> None:
    case, t = drawn("modern")
    whole = t["S2.dz"].repeat(2, 2).repeat(2, 3)
    rng = np.random.default_rng(0)
    marks = (t["S2.dx"] != 0) | (rng.random(t["S2.dx"].shape) < 0.3)
    assert said(case, t, "S2.dx", whole * marks).name == "marks-left"
    assert said(case, t, "S2.dx", whole * marks * 0.9) == NOTHING_SAID
