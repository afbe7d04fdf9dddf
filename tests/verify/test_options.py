"""A network with every option of its convolutions and affine layers, judged whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lenet_ref import matrix, network, run
from lenet_ref.architecture import Affine, Architecture
from lenet_ref.fast.gradients import gradients
from lenet_ref.layers import affine, convolution
from lenet_ref.parameters import parameter_shapes, without_dead_links
from lenet_ref.specs.average_pool import AveragePool
from tests.nets import OPTIONS, setting
from verify.cases.case import Case
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_subject
from verify.subjects.reference import reference

Right = Callable[..., Any]
Change = Callable[[Right], Right]


def case(dtype: str) -> Case:
    s = setting("options", 3, dtype)
    return Case(OPTIONS, dtype, "signed", 3, 5, s.images, s.parameters, s.labels)


def whole_numbers() -> Case:
    """The same layers without activation and loss, in the exact tier."""
    layers = tuple(replace(x, activation="identity") if hasattr(x, "activation") else x
                   for x in OPTIONS.layers if not isinstance(x, AveragePool))  # fmt: skip
    sparse = replace(layers[2], size=layers[1].output_shape[1:])  # type: ignore[call-arg]
    scores = replace(layers[3], units_in=int(np.prod(sparse.output_shape)))  # type: ignore[call-arg]
    arch = Architecture("options", (*layers[:2], sparse, scores), None)
    rng = np.random.default_rng(7)

    def draw(*shape: int) -> Any:
        return rng.integers(-2, 3, size=shape).astype(float)

    named = {layer.name: layer for layer in arch.layers}
    parameters = {
        name: without_dead_links(named[name.split(".")[0]], name[-1], draw(*shape))
        for name, shape in parameter_shapes(arch).items()
    }
    images, upstream = draw(2, *arch.input_shape), draw(2, *arch.output_shape)
    return Case(arch, "exact", "integers", 2, 7, images, parameters, None, upstream)


def judged(c: Case) -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_subject(c, reference)}


CASES = {"float64": case("float64"), "float32": case("float32"), "exact": whole_numbers()}


@pytest.mark.parametrize("tier", CASES)
def test_what_is_right_passes(tier: str) -> None:
    found = judged(CASES[tier])
    assert {name: f for name, f in found.items() if f.verdict != "pass"} == {}
    if tier == "exact":
        assert {f.own.comparison.error for f in found.values() if f.own.comparison} == {0}


def test_what_a_trace_holds() -> None:
    """No b and no db where there is no bias; a volume flattened and brought back once."""
    found = {step.tensor: step for step in steps(OPTIONS)}
    assert not {"in.b", "in.db"} - found.keys()
    assert not {"turned.b", "turned.db", "last.b", "last.db"} & found.keys()
    assert found["turned.z"].inputs == ("turned.x", "turned.W")
    handed = {name for name, step in found.items() if "flatten" in step.op}
    assert handed == {"last.x", "sparse.dy"}
    other = replace(OPTIONS, layers=tuple(
        replace(x, flatten="CHW") if isinstance(x, Affine) else x for x in OPTIONS.layers
    ))  # fmt: skip
    assert {step.op for step in steps(other) if step.tensor in handed} == {"link"}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_untraced_path_agrees(dtype: str) -> None:
    s = setting("options", 5, dtype)
    whole, found = run(*s), gradients(*s, block=2)
    gradient = {k for k in whole if k.split(".")[1] in ("dW", "db")}
    assert found.keys() == gradient | {"loss.data", "loss.reg", "loss.total", "in.dx"}
    for name, value in found.items():
        scale = np.abs(whole[name]).max() * np.finfo(dtype).eps
        np.testing.assert_allclose(value, whole[name], rtol=0, atol=200 * scale, err_msg=name)


def one_sided(right: Right) -> Right:
    def wrong(x: Any, padding: Any, rows: int = 2) -> Any:
        return np.roll(right(x, padding, rows), [-p for p in padding], (rows, rows + 1))

    return wrong


def replicated(right: Right) -> Right:
    def wrong(x: Any, padding: Any, rows: int = 2) -> Any:
        widths = ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2)
        return np.pad(x, widths, mode="edge")

    return wrong


def from_the_corner(right: Right) -> Right:
    def wrong(dx: Any, padding: Any, rows: int = 2) -> Any:
        (ph, pw), (h, w) = padding, dx.shape[2:]
        return dx[:, :, : h - 2 * ph, : w - 2 * pw]

    return wrong


def with_bias(right: Right) -> Right:
    def wrong(layer: Any, x: Any, p: Any) -> Any:
        found = right(layer, x, p)
        return found if layer.bias else {**found, "z": found["z"] + 1}

    return wrong


def maps_first(right: Right) -> Right:
    def wrong(layer: Any, x: Any) -> Any:
        return right(replace(layer, flatten="CHW") if isinstance(layer, Affine) else layer, x)

    return wrong


WRONG: dict[str, tuple[Any, str, Change, set[str], str]] = {
    "padded on one side": (matrix, "padded", one_sided, {"in", "turned", "sparse"},
                           "padded-on-one-side"),
    "padded by the edge": (matrix, "padded", replicated, {"in", "turned", "sparse"},
                           "padding-replicated"),
    "cut out elsewhere": (matrix, "cropped", from_the_corner, {"in", "turned", "sparse"},
                          "cut-out-elsewhere"),
    "not turned": (convolution, "turned", lambda right: lambda W, flipped: W, {"turned", "sparse"},
                   "kernel-not-turned"),
    "turned in one axis": (convolution, "turned", lambda right: lambda W, flipped:
                           W[:, :, ::-1] if flipped else W, {"turned", "sparse"},
                           "kernel-half-turned"),
    "flattened maps first": (network, "layer_input", maps_first, {"last"}, "flattened-maps-first"),
    "brought back maps first": (network, "layer_output_gradient", lambda right: lambda above, dx,
                                shape: dx.reshape(shape), {"sparse"}, "brought-back-maps-first"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_blamed_and_named(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, change, layers, cause = WRONG[what]
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    guilty = [f for f in judged(CASES["float64"]).values() if f.guilty]
    assert {f.step.layer for f in guilty} == layers
    assert cause in {f.cause.name for f in guilty if f.cause}
    assert all(f.cause for f in guilty)


def test_a_bias_that_is_not_there_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    for family in (affine, convolution):
        monkeypatch.setattr(family, "layer_forward", with_bias(family.layer_forward))
    wrong = [f.step.tensor for f in judged(CASES["float64"]).values() if f.guilty]
    assert wrong == ["turned.z", "last.z"]
