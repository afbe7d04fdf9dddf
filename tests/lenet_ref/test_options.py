"""Padding, true convolutions, no bias, a volume flattened with its maps last."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lenet_ref import matrix, network
from lenet_ref.architecture import Affine, Convolution
from lenet_ref.connections import TABLE_I
from lenet_ref.fast.pullback import flat, unflat
from tests.loops import Array, integers

CONV, FULL = Convolution("C", 1, 6, (28, 28)), Affine("F", 9, 5)
TABLE = ((0,), (1,), (0, 1))
WORDS = {
    "conv 5x5 padding 2, logistic": replace(CONV, padding=(2, 2), activation="logistic"),
    "conv 5x5 padding 2x0, relu": replace(CONV, padding=(2, 0)),
    "conv 5x5 stride 1x2 padding 1 no bias, relu": replace(
        CONV, stride=(1, 2), padding=(1, 1), bias=False
    ),
    "true conv 5x5, relu": replace(CONV, flipped=True),
    "conv by a table 3x2, relu": Convolution("C", 2, 3, (5, 5), (3, 2), table=TABLE),
    "true conv by Table I 5x5, relu": replace(
        CONV, maps_in=6, maps_out=16, table=TABLE_I, flipped=True
    ),
    "affine no bias, relu": replace(FULL, bias=False),
    "affine from HWC, relu": replace(FULL, flatten="HWC"),
    "affine no bias from HWC, relu": replace(FULL, bias=False, flatten="HWC"),
}
# oblong, co-prime, with rows that are not read; padding wider than the kernel's half
LAYERS = (
    Convolution("C", 2, 3, (8, 9), (2, 5), (3, 2), padding=(1, 3)),
    Convolution("C", 2, 3, (5, 4), (3, 2), padding=(1, 0), bias=False),
    Convolution("C", 2, 3, (5, 4), (3, 2), flipped=True),
    Convolution("C", 2, 3, (4, 7), (3, 2), (2, 1), "relu", TABLE, (2, 1), False, True),
    Convolution("C", 1, 2, (2, 3), (5, 5), padding=(4, 2), flipped=True),
)
every_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.operation)


@pytest.mark.parametrize("words", WORDS)
def test_options_in_words(words: str) -> None:
    assert WORDS[words].operation == words


def test_sizes_and_counts() -> None:
    """28 + 4 - 5 is 27, in steps of 2 and 3: 14 rows, 10 columns; 25 weights for each map."""
    layer = Convolution("C", 1, 6, (28, 28), stride=(2, 3), padding=(2, 2), bias=False)
    assert layer.output_shape == (6, 14, 10)
    assert layer.parameter_shapes == {"W": (6, 1, 5, 5)}
    assert (layer.trainable, layer.connections) == (150, 150 * 140)
    assert replace(layer, bias=True).trainable == 156
    assert replace(layer, padding=(0, 1)).output_shape == (6, 12, 9)
    full = Affine("F", 9, 5, bias=False)
    assert (full.parameter_shapes, full.trainable, full.connections) == ({"W": (5, 9)}, 45, 45)


def drawn(layer: Convolution) -> tuple[Array, dict[str, Array], Array]:
    """x, parameters and dz of whole numbers, two patterns; dead links are not zero."""
    p = {key: integers(s, i) for i, (key, s) in enumerate(layer.parameter_shapes.items(), 2)}
    return integers((2, *layer.input_shape), 1), p, integers((2, *layer.output_shape), 9)


def looped(layer: Convolution, x: Array, p: dict[str, Array], dz: Array) -> dict[str, Array]:
    """One multiplication after the other; what would be read beside the volume is left out."""
    (kh, kw), (sh, sw), (ph, pw) = layer.kernel, layer.stride, layer.padding
    found = {"z": np.zeros(dz.shape), "dx": np.zeros(x.shape), "dW": np.zeros(p["W"].shape)}
    for n, k, i, j in np.ndindex(*dz.shape):
        found["z"][n, k, i, j] = p["b"][k] if layer.bias else 0
        maps = range(layer.maps_in) if layer.table is None else layer.table[k]
        for c, u, v in product(maps, range(kh), range(kw)):
            row, column = i * sh + u - ph, j * sw + v - pw
            w = (k, c, kh - 1 - u, kw - 1 - v) if layer.flipped else (k, c, u, v)
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                found["z"][n, k, i, j] += x[n, c, row, column] * p["W"][w]
                found["dx"][n, c, row, column] += dz[n, k, i, j] * p["W"][w]
                found["dW"][w] += dz[n, k, i, j] * x[n, c, row, column]
    return found | ({"db": dz.sum(axis=(0, 2, 3))} if layer.bias else {})


@every_layer
def test_forward_and_backward_bit_for_bit(layer: Convolution) -> None:
    layer = replace(layer, activation="identity")
    x, p, dz = drawn(layer)
    forward = network.layer_forward(layer, x, p)
    backward = network.layer_backward(layer, {"x": x, **p, **forward}, dz)
    for name, value in looped(layer, x, p, dz).items():
        np.testing.assert_array_equal((forward | backward)[name], value, err_msg=name)
    assert ("db" in backward) == layer.bias


@every_layer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_backward_is_the_adjoint_of_forward(layer: Convolution, dtype: str) -> None:
    """<z(x) - z(0), v> = <x, dx>, <z(W) - b, v> = <W, dW>, in the dtype it is given."""
    layer = replace(layer, activation="identity", table=None)
    rng = np.random.default_rng(3)
    x, p, v = drawn(layer)
    x, v = (rng.standard_normal(t.shape).astype(dtype) for t in (x, v))
    p = {key: rng.standard_normal(t.shape).astype(dtype) for key, t in p.items()}
    forward = network.layer_forward(layer, x, p)
    still = network.layer_forward(layer, 0 * x, p)["z"]
    backward = network.layer_backward(layer, {"x": x, **p, **forward}, v)
    assert {t.dtype for t in (*forward.values(), *backward.values())} == {np.dtype(dtype)}
    linear = ((forward["z"] - still) * v).sum()
    np.testing.assert_allclose((x * backward["dx"]).sum(), linear, rtol=1e-3)
    np.testing.assert_allclose((p["W"] * backward["dW"]).sum(), linear, rtol=1e-3)


def test_padding_by_hand() -> None:
    """One row of zeros above and below: 3 rows of fields; the first sees zeros and 1, 2."""
    layer = Convolution("C", 1, 1, (2, 2), (2, 2), padding=(1, 0), activation="identity")
    x, W = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    forward = network.layer_forward(layer, x, {"W": W, "b": np.array([5.0])})
    assert forward["a"].tolist() == [[0, 0, 1, 2], [1, 2, 3, 4], [3, 4, 0, 0]]
    assert forward["z"].ravel().tolist() == [2105, 4326, 48]
    kept = {"x": x, "W": W, **forward}
    backward = network.layer_backward(layer, kept, np.array([[[[1.0], [0.0], [2.0]]]]))
    assert backward["dx"].tolist() == [[[[100, 1000], [2, 20]]]]
    assert backward["dW"].tolist() == [[[[6, 8], [1, 2]]]]


def test_a_true_convolution_by_hand() -> None:
    """The last tap of the kernel meets the first pixel of a field, as in np.convolve."""
    layer = Convolution("C", 1, 1, (1, 4), (1, 3), flipped=True, activation="identity", bias=False)
    x, W = np.array([1.0, 20.0, 300.0, 4000.0]), np.array([1.0, 2.0, 5.0])
    kept = {"x": x.reshape(1, 1, 1, 4), "W": W.reshape(1, 1, 1, 3)}
    forward = network.layer_forward(layer, kept["x"], {"W": kept["W"]})
    assert forward["z"].ravel().tolist() == np.convolve(x, W, "valid").tolist() == [345, 4700]
    backward = network.layer_backward(layer, kept | forward, np.array([[[[1.0, 10.0]]]]))
    assert backward["dW"].ravel().tolist() == [40300, 3020, 201]
    assert backward["dx"].ravel().tolist() == [5, 52, 21, 10]


def test_nothing_is_copied_without_padding() -> None:
    x = integers((2, 3, 4, 5), 1)
    assert matrix.padded(x, (0, 0)) is x and matrix.cropped(x, (0, 0)) is x
    outer = matrix.padded(x, (1, 2))
    assert outer.shape == (2, 3, 6, 9)
    np.testing.assert_array_equal(matrix.cropped(outer, (1, 2)), x)
    assert outer.sum() == x.sum()
    assert matrix.padded(x, (1, 0), rows=1).shape == (2, 5, 4, 5)
    assert matrix.cropped(outer, (0, 2)).shape == (2, 3, 6, 5)


def test_flattening_by_hand_and_back() -> None:
    """Map 0 is [[0, 1, 2], [3, 4, 5]], map 1 is 10 more: maps last, each pixel has both."""
    volume = np.arange(6.0).reshape(1, 1, 2, 3) + np.array([0.0, 10.0]).reshape(1, 2, 1, 1)
    last, first = Affine("F", 12, 3, flatten="HWC"), Affine("F", 12, 3)
    x = network.layer_input(last, volume)
    assert x.tolist() == [[0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]]
    assert network.layer_input(first, volume).tolist() == [[*range(6), *range(10, 16)]]
    for layer in (last, first):
        flat = network.layer_input(layer, volume)
        back = network.layer_output_gradient(layer, flat, volume.shape)
        np.testing.assert_array_equal(back, volume)
    np.testing.assert_array_equal(network.layer_input(last, x), x)
    given = network.layer_output_gradient(None, x, (1, 12, 1, 1))
    assert given.ravel().tolist() == x.ravel().tolist()


def test_the_order_is_a_permutation_of_the_columns_of_W() -> None:
    """The same network with its maps last and W's columns in that order: the same z."""
    volume = integers((3, 2, 4, 5), 4)
    W = integers((6, 2, 4, 5), 5)
    rows = {
        "CHW": W.reshape(6, -1),
        "HWC": W.transpose(0, 2, 3, 1).reshape(6, -1),
    }
    found = []
    for order, matrix_form in rows.items():
        layer = Affine("F", 40, 6, "identity", False, order)
        x = network.layer_input(layer, volume)
        found.append(network.layer_forward(layer, x, {"W": matrix_form})["z"])
    np.testing.assert_array_equal(*found)


def test_images_last_are_flattened_maps_first_unless_said() -> None:
    """A volume (C, H, W, N) of the untraced path, as network.layer_input has (N, C, H, W)."""
    volume = integers((2, 3, 4, 5), 6)
    traced = volume.transpose(3, 0, 1, 2)
    first, last = Affine("F", 24, 3), Affine("F", 24, 3, flatten="HWC")
    np.testing.assert_array_equal(flat(volume), network.layer_input(first, traced))
    np.testing.assert_array_equal(flat(volume, last=True), network.layer_input(last, traced))
    np.testing.assert_array_equal(unflat(flat(volume), volume), volume)
    np.testing.assert_array_equal(unflat(flat(volume, last=True), volume, last=True), volume)
