"""Gradients only: the traced run's, whatever the blocks; nothing remembered, nothing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lenet_ref import Architecture, initial, run
from lenet_ref.architecture import Affine, Loss
from lenet_ref.errors import DtypeError, LeNetError, OptionError, ParameterError, ShapeError
from lenet_ref.fast.gradients import gradients
from lenet_ref.specs.max_pool import TIES, MaxPool
from tests.nets import NETWORKS, OWN, Array, Setting, setting, whole_numbers

every_network = pytest.mark.parametrize("name", [*OWN, *NETWORKS])


def traced(s: Setting) -> dict[str, Array]:
    """Of a whole run, what gradients() returns."""
    found = run(*s)
    first = s.arch.layers[0].name
    losses = {"loss.data", "loss.reg", "loss.total", f"{first}.dx"}
    return {k: v for k, v in found.items() if k in losses or k.split(".")[1] in ("dW", "db")}


def near(found: dict[str, Array], expected: dict[str, Array], ulps: float) -> None:
    """The same names, shapes and dtypes; values within so many roundings of the largest."""
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert (found[name].shape, found[name].dtype) == (value.shape, value.dtype), name
        scale = np.abs(value).max()
        assert np.abs(found[name] - value).max() <= ulps * np.finfo(value.dtype).eps * scale, name


@every_network
@pytest.mark.parametrize("n, block", [(1, 8), (5, 8), (5, 2), (7, 1), (4, 4), (19, None)])
def test_are_those_of_the_traced_run(name: str, n: int, block: int | None) -> None:
    s = setting(name, n)
    near(gradients(*s, block=block), traced(s), 200)


@pytest.mark.parametrize(("dtype", "block"), [("float64", 8), ("float32", 16)])
def test_blocks_are_as_large_as_is_said(dtype: str, block: int) -> None:
    """To the bit: blocks of another size add in another order."""
    s = setting("modern", 19, dtype)
    found, expected = gradients(*s), gradients(*s, block=block)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.parametrize("name", ["modern", "modern-3", "1998-linear"])
def test_whole_numbers_agree_to_the_bit(name: str) -> None:
    """Blocks of 1, 2 and 4 of 4: sums of whole numbers and quarters do not round."""
    s = whole_numbers(name, 4)
    expected = traced(s)
    for block in (1, 2, 4):
        found = gradients(*s, block=block)
        linear = [k for k in expected if name == "1998-linear" or k == "C1.W"]
        for key in linear:
            np.testing.assert_array_equal(found[key], expected[key], err_msg=key)
        near(found, expected, 200)


@every_network
@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_in_is_dtype_out(name: str, dtype: str) -> None:
    with np.errstate(over="ignore", under="ignore"):
        found = gradients(*setting(name, 3, dtype), block=2)
    assert {v.dtype for v in found.values()} == {np.dtype(dtype)}


@every_network
def test_nothing_is_changed_and_nothing_remembered(name: str) -> None:
    s = setting(name, 5)
    for array in (s.images, s.labels, *s.parameters.values()):
        array.setflags(write=False)
    first = gradients(*s, block=2)
    kept = {key: value.copy() for key, value in first.items()}
    gradients(*setting(name, 3, seed=9), block=2)
    again = gradients(*s, block=2)
    for key, value in kept.items():
        np.testing.assert_array_equal(first[key], value)
        np.testing.assert_array_equal(again[key], value)
    for key, value in first.items():
        assert not any(np.shares_memory(value, p) for p in (s.images, *s.parameters.values())), key


@pytest.mark.parametrize("ties", TIES)
def test_a_gradient_goes_to_the_maxima_that_are_declared(ties: str) -> None:
    """Of whole numbers, many of which are equal."""
    s = whole_numbers("modern", 4)
    layers = [replace(a, ties=ties) if isinstance(a, MaxPool) else a for a in s.arch.layers]
    s = s._replace(arch=replace(s.arch, layers=tuple(layers)))
    near(gradients(*s, block=2), traced(s), 200)
    if ties != "first":
        other = traced(s._replace(arch=whole_numbers("modern", 4).arch))
        assert not np.array_equal(traced(s)["C3.dW"], other["C3.dW"])


@pytest.mark.parametrize("how", ["reduction", "gradient"])
def test_sums_are_sums_whatever_the_blocks(how: str) -> None:
    """A loss or a gradient that is N times the mean."""
    s = setting("modern-reg", 5)
    assert s.arch.loss is not None
    loss = replace(s.arch.loss, **{how: "sum"})  # type: ignore[arg-type]
    summed = s._replace(arch=replace(s.arch, loss=loss))
    near(gradients(*summed, block=2), traced(summed), 200)


def test_each_image_gets_its_own_gradient() -> None:
    """A batch of copies of two images: rows of dx repeat as the images do."""
    s = setting("modern", 2)
    images, labels = np.repeat(s.images, 3, axis=0), np.repeat(s.labels, 3)
    dx = gradients(s.arch, s.parameters, images, labels, block=4)["C1.dx"]
    near({"dx": dx[[0, 1]]}, {"dx": dx[[2, 2]]}, 50)
    assert not np.allclose(dx[0], dx[5])


REFUSED: list[tuple[dict[str, Any], type[LeNetError]]] = [
    ({"block": 0}, OptionError),
    ({"block": -3}, OptionError),
    ({"images": np.zeros((2, 1, 28, 28))}, ShapeError),
    ({"labels": np.array([0, 10])}, ShapeError),
    ({"images": np.zeros((2, 1, 32, 32), "float32")}, DtypeError),
    ({"parameters": {}}, ParameterError),
]


@pytest.mark.parametrize(("change", "error"), REFUSED)
def test_what_is_refused(change: dict[str, Any], error: type[LeNetError]) -> None:
    given: dict[str, Any] = {**setting("modern")._asdict(), **change}
    with pytest.raises(error):
        gradients(**given)


def test_a_network_without_a_loss_is_refused() -> None:
    s = setting("modern")
    bare = Architecture("modern", s.arch.layers, None)
    with pytest.raises(OptionError, match="needs a loss"):
        gradients(bare, s.parameters, s.images, s.labels)


def test_the_input_may_be_a_vector() -> None:
    layers = (Affine("f", 6, 7, activation="tanh"), Affine("g", 7, 10, activation="identity"))
    arch = Architecture("vectors", layers, Loss("cross_entropy"))
    images = np.random.default_rng(1).standard_normal((5, 6))
    s = Setting(arch, initial(arch, 1), images, np.arange(5))
    for block in (2, None):
        near(gradients(*s, block=block), traced(s), 200)
