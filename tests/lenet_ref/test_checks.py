"""What run() refuses, and that its message names the culprit in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lenet_ref import Architecture, checks, lenet_1998, modern, network, run
from lenet_ref.errors import (
    DtypeError,
    LayerError,
    LeNetError,
    OptionError,
    ParameterError,
    ShapeError,
)
from lenet_ref.parameters import parameter_shapes
from tests.nets import Array, setting

Change = Callable[[dict[str, Array]], object]


def _refused(error: type[LeNetError], call: Callable[[], object]) -> str:
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    return message


PARAMETERS: list[tuple[Change, type[LeNetError], str]] = [
    (lambda p: p.pop("C5.b"), ParameterError, "C5.b"),
    (lambda p: p.update({"S2.W": np.ones(6)}), ParameterError, "S2.W"),
    (lambda p: p.update({"F6.W": p["F6.W"].T}), ShapeError, "F6.W"),
    (lambda p: p.update({"C1.b": p["C1.b"][:, None]}), ShapeError, "C1.b"),
    (lambda p: p.update({"F7.b": p["F7.b"].astype("float32")}), DtypeError, "F7.b float32"),
    (lambda p: p.update({"F7.b": np.arange(10)}), DtypeError, "F7.b"),
    (lambda p: p.update({"C3.b": p["C3.b"] * np.nan}), ParameterError, "C3.b"),
    (lambda p: p.update({"C3.W": p["C3.W"] + np.inf}), ParameterError, "C3.W"),
]


@pytest.mark.parametrize(("change", "error", "name"), PARAMETERS)
def test_unusable_parameters(change: Change, error: type[LeNetError], name: str) -> None:
    s = setting("modern")
    change(s.parameters)
    assert name in _refused(error, lambda: run(*s))


def test_numbers_whose_squares_overflow_are_finite() -> None:
    """And nobody is warned of it."""
    s = setting("modern")
    s.parameters["F7.b"][:] = 1e200
    with np.errstate(all="raise"):
        checks.check_parameters(s.arch, s.parameters)
    s.parameters["F7.b"][3] = np.inf
    assert "F7.b" in _refused(ParameterError, lambda: checks.check_parameters(s.arch, s.parameters))


def test_weights_at_dead_links() -> None:
    """C3's map 0 does not read S2's map 5."""
    s = setting("1998")
    s.parameters["C3.W"][0, 5, 2, 2] = 1e-9
    assert "C3.W" in _refused(ParameterError, lambda: run(*s))


BATCHES: list[tuple[dict[str, Any], type[LeNetError], str]] = [
    ({"images": np.zeros((2, 1, 28, 28))}, ShapeError, "images"),
    ({"images": np.zeros((2, 3, 32, 32))}, ShapeError, "images"),
    ({"images": np.zeros((1, 32, 32))}, ShapeError, "images"),
    ({"images": np.zeros((0, 1, 32, 32)), "labels": np.zeros(0, int)}, ShapeError, "images"),
    ({"images": np.zeros((2, 1, 32, 32), int)}, DtypeError, "images"),
    ({"images": np.zeros((2, 1, 32, 32), "float32")}, DtypeError, "float32"),
    ({"labels": np.array([1, 2, 3])}, ShapeError, "labels"),
    ({"labels": np.array([[1], [2]])}, ShapeError, "labels"),
    ({"labels": np.array([1.0, 2.0])}, DtypeError, "labels"),
    ({"labels": np.array([0, 10])}, ShapeError, "labels"),
    ({"labels": np.array([-1, 3])}, ShapeError, "labels"),
]


@pytest.mark.parametrize(("change", "error", "name"), BATCHES)
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_unusable_batches(
    variant: str, change: dict[str, Any], error: type[LeNetError], name: str
) -> None:
    s = setting(variant)._replace(**change)
    assert name in _refused(error, lambda: run(*s))


def test_whole_numbers_are_named_as_what_they_are() -> None:
    """Not as a difference between dtypes, whichever of the two is met first."""
    s = setting("modern")
    message = _refused(DtypeError, lambda: run(s.arch, s.parameters, s.images.astype(int)))
    assert message.startswith("images: not a floating dtype")
    whole = {key: value.astype(int) for key, value in s.parameters.items()}
    message = _refused(DtypeError, lambda: run(s.arch, whole, s.images.astype(int)))
    assert message.startswith("C1.W: not a floating dtype")


def test_labels_of_any_integer_dtype() -> None:
    s = setting("modern")
    plain = run(*s)
    for dtype in ("uint8", "int32", "uint64"):
        found = run(*s._replace(labels=s.labels.astype(dtype)))
        assert all((found[key] == value).all() for key, value in plain.items())


def test_the_layer_that_raises_is_named() -> None:
    s = setting("modern")
    with np.errstate(over="raise"):
        huge = {k: v * 1e200 for k, v in s.parameters.items()}
        message = _refused(LayerError, lambda: run(s.arch, huge, s.images, s.labels))
    assert message.startswith("C3 forward")


@pytest.mark.parametrize(
    ("function", "where"),
    [
        ("layer_forward", "C1 forward"),
        ("layer_backward", "F7 backward"),
        ("loss_forward", "loss forward"),
        ("loss_backward", "loss backward"),
    ],
)
def test_layer_and_direction_are_named(
    function: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise FloatingPointError("broken")

    monkeypatch.setattr(network, function, broken)
    assert _refused(LayerError, lambda: run(*setting("modern"))).startswith(where)


@pytest.mark.parametrize(
    "upstream",
    [np.ones((10, 2)), np.ones((2, 2, 5)), np.ones((3, 10)), np.ones((2, 10), "float32")],
    ids=["transposed", "three axes", "wrong size", "other dtype"],
)
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_unusable_upstream(variant: str, upstream: Array) -> None:
    """Transposed it is reshaped into nonsense; in another dtype every gradient changes dtype."""
    s = setting(variant)
    message = _refused(LeNetError, lambda: run(*s, upstream=upstream))
    assert "upstream" in message


@pytest.mark.parametrize("name", ["modern", "1998"])
@pytest.mark.parametrize("layer", range(7))
def test_upstream_of_a_network_that_ends_anywhere(name: str, layer: int) -> None:
    """Any run of layers is a network; its upstream has the shape of its last output."""
    s = setting(name)
    cut = Architecture(name, s.arch.layers[: layer + 1], None)
    own = {key: value for key, value in s.parameters.items() if key in parameter_shapes(cut)}
    y = run(cut, own, s.images)[f"{cut.layers[-1].name}.y"]
    assert f"{cut.layers[0].name}.dx" in run(cut, own, s.images, upstream=np.ones(y.shape))
    wrong = np.ones((*y.shape[:-1], y.shape[-1] + 1))
    assert "upstream" in _refused(ShapeError, lambda: run(cut, own, s.images, upstream=wrong))


OPTIONS: list[tuple[Callable[[], object], str]] = [
    (lambda: modern(reading="seed"), "reading"),
    (lambda: lenet_1998("mse"), "loss"),
    (lambda: lenet_1998(subsampling="max"), "subsampling"),
    (lambda: lenet_1998(reading="literal"), "reading"),
    (lambda: lenet_1998(learned_codes=True), "learned_codes"),
    (lambda: lenet_1998("map", j=0.0), "j"),
    (lambda: lenet_1998("map", j=-1.0), "j"),
    (lambda: lenet_1998("map", j=float("nan")), "j"),
    (lambda: modern(reg=-0.1), "reg"),
    (lambda: modern(reg=float("nan")), "reg"),
    (lambda: modern(channels=0), "channels"),
]


@pytest.mark.parametrize(("make", "name"), OPTIONS)
def test_unusable_options(make: Callable[[], object], name: str) -> None:
    assert _refused(OptionError, make).startswith(name)


def test_option_names_say_what_differs() -> None:
    assert modern().options == lenet_1998().options == "default"
    assert modern(3, 0.5).options == "channels=3,reg=0.5"
    assert lenet_1998("map", 84.0, True).options == "loss=map,j=84.0,learned_codes=True"
