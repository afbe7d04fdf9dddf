"""Mistakes seen through what was not supplied: the tensor where the formula is wrong is named."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.verify.mistakes.said import NOTHING_SAID, Array, drawn, said
from verify.judge.findings import Cause
from verify.judge.judge import Judge
from verify.mistakes.hidden import hidden
from verify.mistakes.hypothesis import Evidence


def after(trace: dict[str, Array], tensor: str) -> list[str]:
    """All that a network computes later."""
    names = list(trace)
    return names[names.index(tensor) + 1 :]


def alone(layer: str, tensor: str, wrong: Array, variant: str = "modern") -> Cause:
    """What is said of a tensor where nothing else of its layer is supplied, and nothing after it:
    the right trace goes on as if it were right."""
    case, trace = drawn(variant)
    without = [n for n in trace if n.split(".")[0] == layer and n != f"{layer}.{tensor}"]
    without += after(trace, f"{layer}.{tensor}")
    return said(case, trace, f"{layer}.{tensor}", wrong, without)


def pooled(x: Array, how: str) -> Array:
    """S2's y of modern from wrong windows or by a wrong reduction."""
    n, c, h, w = x.shape
    if how == "rows":
        return np.asarray(x.reshape(n, c, h // 2, w // 2, 4).max(-1))
    windows = x.reshape(n, c, h // 2, 2, w // 2, 2)
    return np.asarray(windows.mean((3, 5)) if how == "mean" else windows.min((3, 5)))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("rows", "S2.a has windows of consecutive pixels of one row"),
        ("mean", "S2.z equals the average of each window"),
        ("min", "S2.z equals the minimum of each window"),
    ],
)
def test_a_pooling_layer_of_which_only_y_is_known(how: str, words: str) -> None:
    found = alone("S2", "y", pooled(drawn("modern")[1]["C1.y"], how))
    assert words in found.text and found.text.endswith("seen in S2.y")


def test_what_cannot_be_told_apart_is_all_said() -> None:
    """An average for the sum, or a second average of the right one: z alone cannot say."""
    _, trace = drawn("1998")
    W, b, s = (trace[f"S2.{k}"] for k in ("W", "b", "s"))
    z = W[:, None, None] * s / 4 + b[:, None, None]
    found = alone("S2", "y", 1.7159 * np.tanh(2 / 3 * z), "1998")
    assert set(found.options) == {"S2.s/averaged", "S2.z/averaged"}
    assert "S2.s equals the average" in found.text and "S2.z equals W s / 4" in found.text


def turned(W: Array, *axes: int) -> Array:
    """C3.dx of modern with another kernel."""
    dz = torch.from_numpy(drawn("modern")[1]["C3.dz"])
    kernel = torch.from_numpy(np.ascontiguousarray(np.flip(W, axes)))
    return np.asarray(torch.nn.functional.conv_transpose2d(dz, kernel))


@pytest.mark.parametrize("axes", [(2, 3), (0, 1), (0, 1, 2, 3)])
def test_dx_without_da(axes: tuple[int, ...]) -> None:
    case, trace = drawn("modern")
    wrong = turned(trace["C3.W"], *axes)
    found = said(case, trace, "C3.dx", wrong, without=["C3.da"])
    assert found.name == ("kernel-rotated" if axes == (2, 3) else "axes-flipped")
    told = "C3.dx puts da back" if axes == (2, 3) else "C3.da "  # the table says it of dx itself
    assert found.text.startswith(told)
    other = turned(trace["C3.W"], *axes) * (1 + 1e-6 * np.cos(np.arange(14)))
    assert said(case, trace, "C3.dx", other, without=["C3.da"]) == NOTHING_SAID


def test_a_gradient_of_a_parameter_without_dz() -> None:
    case, trace = drawn("modern")
    dz = np.where(trace["F6.z"] > 0, 1, 0.01) * trace["F6.dy"]
    assert said(case, trace, "F6.db", dz.sum(0), without=["F6.dz"]) == NOTHING_SAID  # dx is right
    hidden_too = [*(f"F6.{k}" for k in ("dz", "da", "dx", "dW")), *after(trace, "F6.db")]
    found = said(case, trace, "F6.db", dz.sum(0), without=hidden_too)
    assert found.text.startswith("F6.dz ") and found.name == "leaky"


def test_across_a_link() -> None:
    case, trace = drawn("modern")
    without = [n for n in trace if n.startswith("S2.")] + after(trace, "C3.x")
    wrong = pooled(trace["C1.y"], "mean")
    found = said(case, trace, "C3.x", wrong, without, inherited=True)
    assert found.text == (
        "S2.z equals the average of each window; the layer takes the maximum: seen in C3.x"
    )


def test_what_is_made_of_the_failing_tensor_explains_nothing() -> None:
    """z that holds y, y being any: it was the cause of whatever was wrong with y."""
    case, trace = drawn("modern")
    wrong = np.tanh(trace["C5.y"]) + 0.1
    for without in (["C5.z"], ["C5.z", "C5.dz"]):
        assert said(case, trace, "C5.y", wrong, without) == NOTHING_SAID


def test_gradients_alone_say_too_little() -> None:
    """Where what is hidden leads back into a third layer nothing is tried."""
    case, trace = drawn("modern")
    kept = {n: v for n, v in trace.items() if n.endswith((".dW", ".db"))}
    judge = Judge(case, kept, with_truth=False, partial=True)
    for step in judge.steps:
        if step.tensor in kept:
            assert hidden(Evidence(judge, step, inherited=True)) == []


def test_what_is_supplied_and_wrong_in_another_way_is_not_seen_through() -> None:
    _, trace = drawn("modern")
    noise = np.random.default_rng(0).standard_normal(trace["S2.y"].shape)
    assert alone("S2", "y", trace["S2.y"] * (1 + 0.1 * noise)) == NOTHING_SAID


def test_what_else_is_made_of_a_hidden_tensor_refutes_it() -> None:
    """A weight gradient from centred inputs: the inputs are right, for y is made of them too."""
    case, trace = drawn("modern")
    wrong = trace["F7.dz"].T @ (trace["F7.x"] - trace["F7.x"].mean())
    without = [n for n in trace if n.startswith("F7.") and n not in ("F7.y", "F7.dW", "F7.db")]
    assert said(case, trace, "F7.dW", wrong, without) == NOTHING_SAID
