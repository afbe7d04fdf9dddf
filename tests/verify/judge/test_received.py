"""What a layer was handed is not its mistake: NaN, Inf, another dtype; what is no difference."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.loss import loss_backward, loss_forward
from lenet_ref.network import layer_backward, layer_forward
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.reasons import HadItFirst
from verify.pipeline import judging
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]


@cache
def drawn(variant: str) -> tuple[Case, Arrays]:
    case = replace(Job(variant, "digits", "float64", 2).case(), upstream=None)
    return case, dict(reference(case))


def judged(case: Case, trace: Arrays, truth: bool = False) -> dict[str, Finding]:
    with np.errstate(all="ignore"):
        return {f.step.tensor: f for f in judging.judged(case, trace, judging.Terms(truth))}


def guilty(found: dict[str, Finding]) -> list[str]:
    return [name for name, f in found.items() if f.guilty]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_only_who_made_it_is_guilty_of_what_is_no_number(variant: str, value: float) -> None:
    case, _ = drawn(variant)
    trace = spoiled(case, "C3", value)
    found = judged(case, trace, truth=True)
    assert guilty(found) == ["C3.z"]
    assert found["C3.z"].own.verdict == "fail"


def spoiled(case: Case, name: str, value: float) -> Arrays:
    """The reference's run, honest but for one number of a layer's z."""
    arch, p = case.arch, case.parameters
    tensors: Arrays = {}
    x: Any = case.images
    with np.errstate(all="ignore"):
        for layer in arch.layers:
            flat = x.reshape(len(x), -1) if layer.name in ("F6", "F7") else x
            own = {k.split(".")[1]: v for k, v in p.items() if k.startswith(layer.name)}
            found = dict(layer_forward(layer, flat, own))
            if layer.name == name:
                z = found["z"].copy()
                z[0, 3, 4, 5] = value
                found |= {"z": z, "y": activated(layer, z)}
            mine = {"x": flat, **own, **found}
            tensors |= {f"{layer.name}.{k}": v for k, v in mine.items()}
            x = found["y"]
        rest = dict(reference(replace(case, upstream=None)))
        tensors |= {k: v for k, v in rest.items() if k.startswith("loss.")}
        tensors |= honest_loss(case, x)
        dy = tensors["loss.dx"]
        for layer in reversed(arch.layers):
            mine = {k.split(".")[1]: v for k, v in tensors.items() if k.startswith(layer.name)}
            back = layer_backward(layer, mine, dy)
            tensors |= {f"{layer.name}.{k}": v for k, v in back.items()} | {f"{layer.name}.dy": dy}
            dy = back["dx"].reshape(previous_shape(arch, layer, tensors))
    return {k: np.asarray(v) for k, v in tensors.items() if k in rest}


def activated(layer: Any, z: Any) -> Any:
    if layer.activation == "relu":
        return np.maximum(z, 0)
    return 1.7159 * np.tanh(2 / 3 * z)


def previous_shape(arch: Any, layer: Any, tensors: Arrays) -> tuple[int, ...]:
    place = arch.layers.index(layer)
    return tensors[f"{arch.layers[place - 1].name}.y"].shape if place else tensors["C1.x"].shape


def honest_loss(case: Case, x: Any) -> Arrays:
    """The loss and its gradient at these outputs."""
    loss, labels = case.arch.loss, case.labels
    if loss is None or labels is None:
        return {}
    weights = [v for k, v in case.parameters.items() if k.endswith(".W")]
    found = {f"loss.{k}": v for k, v in loss_forward(loss, x, labels, weights).items()}
    return found | {"loss.dx": loss_backward(loss, found, labels)}


def test_a_layer_that_is_wrong_beside_a_nan_is_guilty_too() -> None:
    case, _ = drawn("modern")
    trace = spoiled(case, "C3", np.nan)
    wrong = trace["C3.dz"].copy()
    wrong[1, 2] += 1.0
    assert "C3.dz" in guilty(judged(case, trace | {"C3.dz": wrong}))


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_only_who_changed_the_dtype_is_guilty_of_it(variant: str) -> None:
    case, trace = drawn(variant)
    names = list(trace)
    later = names[names.index("C3.z") :]
    own = {k: v.astype("f4") for k, v in trace.items() if k in later and v.dtype.kind == "f"}
    mine = {k: v for k, v in own.items() if k.split(".")[1] not in ("W", "b")}
    found = judged(case, trace | mine)
    assert guilty(found)[0] == "C3.z"
    assert "C3.y" not in guilty(found) and found["C3.y"].verdict == "fail"
    assert isinstance(found["C3.y"].own.reason, HadItFirst)


@pytest.mark.parametrize("factor", [1e300, 1e308])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_overflow_on_both_sides_is_nobodys_mistake(variant: str, factor: float) -> None:
    """Logits that overflow failed or disputed eight rows of the right reference."""
    case, _ = drawn(variant)
    last = {k: v * (factor if k == "F6.W" else 1.0) for k, v in case.parameters.items()}
    case = replace(case, parameters=last)
    with np.errstate(all="ignore"):
        found = judged(case, dict(reference(case)), truth=True)
    assert {f.verdict for f in found.values()} <= {"pass", "mistrusted", "unverified"}


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_weights_that_are_all_equal_are_no_mistake(variant: str) -> None:
    """All maps of a layer tie with each other."""
    case, _ = drawn(variant)
    equal = {
        k: np.where(v != 0, 0.01, 0.0) if k.endswith("W") and k != "F7.W" else v * 0
        for k, v in case.parameters.items()
    }
    equal["F7.W"] = case.parameters["F7.W"]
    case = replace(case, parameters=equal)
    found = judged(case, dict(reference(case)), truth=True)
    assert not guilty(found)
    assert "disputed" not in {f.verdict for f in found.values()}


@pytest.mark.parametrize(
    ("tensor", "shape"),
    [
        ("F6.x", (2, 120, 1, 1)),
        ("C5.y", (2, 120)),
        ("loss.data", (1,)),
        ("loss.data", (1, 1)),
        ("C3.db", (16, 1)),
        ("C1.W", (6, 5, 5)),
    ],
)
def test_axes_of_length_one_are_no_difference(tensor: str, shape: tuple[int, ...]) -> None:
    case, trace = drawn("modern")
    found = judged(case, trace | {tensor: trace[tensor].reshape(shape)})
    assert not [name for name, f in found.items() if f.failed]
    assert found[tensor].taken == shape
    wrong = judged(case, trace | {tensor: trace[tensor].reshape(shape) + 1})
    assert tensor in guilty(wrong)


@pytest.mark.parametrize("shape", [(4, 4), (2, 8), (17,), ()])
def test_another_shape_is_a_difference(shape: tuple[int, ...]) -> None:
    case, trace = drawn("modern")
    found = judged(case, trace | {"C3.db": np.resize(trace["C3.db"], shape)})
    assert guilty(found) == ["C3.db"]


@pytest.mark.parametrize("symbol", ["b", "W"])
def test_parameters_that_are_zero_prove_nothing_and_are_no_reason_for_doubt(symbol: str) -> None:
    """Most programs start with zero biases; C1.b was mistrusted, and the run failed."""
    case, _ = drawn("modern")
    zero = {k: v * (not k.endswith(symbol)) for k, v in case.parameters.items()}
    case = replace(case, parameters=zero)
    trace = dict(reference(case))
    found = judged(case, trace)
    assert {found[k].verdict for k in zero} == {"pass"}
    other = trace[f"C1.{symbol}"] + 1e-12
    assert guilty(judged(case, trace | {f"C1.{symbol}": other}))[0] == f"C1.{symbol}"
