"""Activations with parameters: values, the kink, and how they are written."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref.activations import leaky, relu, scaled_tanh, squash, tanh
from lenet_ref.architecture import Affine, Architecture
from lenet_ref.errors import OptionError
from lenet_ref.network import ACTIVATIONS, run
from lenet_ref.specs.activation import names, parts
from lenet_ref.specs.layer import activation_of, function_of, kinked, rectified
from tests.loops import integers


def test_leaky_by_hand() -> None:
    """f'(0) = f'(-0) is the slope."""
    z = np.array([-8.0, -0.0, 0.0, 3.0])
    y = leaky.forward(z, 0.25)
    assert y.tolist() == [-2, 0, 0, 3]
    assert leaky.backward(np.full(4, 12.0), z, y, 0.25).tolist() == [3, 3, 3, 12]


def test_leaky_is_a_part_of_z_and_of_relu() -> None:
    z, dy = integers((40,), 1), integers((40,), 2)
    y, rectified_y = leaky.forward(z, 0.25), relu.forward(z)
    np.testing.assert_array_equal(y, z / 4 + 3 / 4 * rectified_y)
    dz = leaky.backward(dy, z, y, 0.25)
    np.testing.assert_array_equal(dz, dy / 4 + 3 / 4 * relu.backward(dy, z, rectified_y))


def test_a_scaled_tanh_has_every_other_one_among_it() -> None:
    z, dy = np.linspace(-3, 3, 13), np.linspace(1, 2, 13)
    for module, own in ((squash, (squash.A, squash.S)), (tanh, (1.0, 1.0))):
        y = scaled_tanh.forward(z, *own)
        np.testing.assert_array_equal(y, module.forward(z))
        dz = scaled_tanh.backward(dy, z, y, *own)
        np.testing.assert_allclose(dz, module.backward(dy, z, y), rtol=1e-15)


def test_the_slope_of_a_scaled_tanh() -> None:
    """f'(0) = A S, and by differences elsewhere."""
    z, h = np.array([0.0, 0.4, -1.1]), 1e-6
    y = scaled_tanh.forward(z, 3.0, 0.5)
    found = scaled_tanh.backward(np.ones(3), z, y, 3.0, 0.5)
    ends = [scaled_tanh.forward(z + e, 3.0, 0.5) for e in (h, -h)]
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / (2 * h), rtol=1e-8)
    assert found[0] == 1.5


@pytest.mark.parametrize(("text", "found"), [
    ("", ("", ())),
    ("relu", ("relu", ())),
    ("leaky(0.01)", ("leaky", (0.01,))),
    (" leaky ( 1e-2 ) ", ("leaky", (0.01,))),
    ("scaled_tanh(1.7159, 0.6667)", ("scaled_tanh", (1.7159, 0.6667))),
    ("scaled_tanh(2,.5)", ("scaled_tanh", (2.0, 0.5))),
])  # fmt: skip
def test_what_is_read(text: str, found: tuple[str, tuple[float, ...]]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(("text", "expected"), [
    ("leakyy", "expected leaky(slope)"),
    ("Relu", "expected relu"),
    ("sigmoid", "expected logistic"),
    ("LeakyReLU", "expected leaky(slope)"),
    ("qqq", "expected identity or leaky(slope) or logistic"),
    ("scaled_tan(1, 2)", "expected scaled_tanh(A, S)"),
    ("leaky", "takes other parameters"),
    ("leaky()", "takes other parameters"),
    ("leaky(0.1, 0.2)", "expected leaky(slope)"),
    ("leaky(x)", "no number: 'x'"),
    ("leaky(nan)", "from 0.0001 to 10000: nan"),
    ("leaky(0)", "from 0.0001 to 10000: 0"),
    ("leaky(-0.1)", "from 0.0001 to 10000"),
    ("leaky(1)", "the slope must be below 1"),
    ("leaky(0.1", "no such activation"),
    ("scaled_tanh(1)", "expected scaled_tanh(A, S)"),
    ("scaled_tanh(inf, 1)", "from 0.0001 to 10000"),
    ("relu(0.1)", "takes other parameters"),
    ("tanh()", "takes other parameters"),
    ("(0.1)", "no such activation"),
])  # fmt: skip
def test_what_is_refused(text: str, expected: str) -> None:
    with pytest.raises(OptionError) as error:
        parts(text)
    assert expected in str(error.value)
    assert repr(text) in str(error.value)


def test_a_wrong_word_is_refused_where_it_is_used() -> None:
    arch = Architecture("options", (Affine("F6", 2, 2, activation="leakyy"),), None)
    p = {"F6.W": np.eye(2), "F6.b": np.zeros(2)}
    with pytest.raises(OptionError, match="leaky\\(slope\\)"):
        run(arch, p, np.ones((1, 2)), None, np.ones((1, 2)))


def test_every_file_is_a_name() -> None:
    assert set(names()) == ACTIVATIONS.keys()


def test_kinks() -> None:
    layer = Affine("F6", 2, 2, activation="leaky(0.1)")
    assert (activation_of(layer), function_of(layer)) == ("leaky(0.1)", "leaky")
    assert kinked(layer) and not rectified(layer)
    assert kinked(Affine("F6", 2, 2)) and not kinked(Affine("F6", 2, 2, activation="tanh"))
    assert not kinked(object())


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_is_kept(dtype: str) -> None:
    z, dy = np.array([-0.5, 0.5], dtype=dtype), np.array([2.0, -8.0], dtype=dtype)
    for module, own in ((leaky, (0.1,)), (scaled_tanh, (1.7, 0.6))):
        y = module.forward(z, *own)
        assert y.dtype == module.backward(dy, z, y, *own).dtype == np.dtype(dtype)
