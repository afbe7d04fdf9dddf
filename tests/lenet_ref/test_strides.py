"""Pooling at any stride: hand-worked windows, nested loops, adjoints, sizes by floor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lenet_ref import matrix, network
from lenet_ref.architecture import Architecture, MaxPool, Subsampling
from lenet_ref.fast import gathers
from lenet_ref.layers import average_pool, max_pool
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.max_pool import TIES
from lenet_ref.specs.pool import Pool
from tests import loops
from tests.lenet_ref.test_gathers import windows_last
from tests.loops import Array, Pair, Shape, integers

# overlap, overlap along one axis, gaps, both, unread rows and columns, one window,
# and the window itself
STRIDES: list[tuple[Shape, Pair, Pair]] = [
    ((2, 3, 7, 11), (3, 4), (2, 3)),
    ((1, 2, 8, 9), (3, 3), (1, 3)),
    ((2, 1, 9, 13), (2, 3), (3, 4)),
    ((1, 3, 9, 12), (2, 5), (4, 2)),
    ((3, 2, 5, 8), (2, 3), (2, 3)),
    ((1, 2, 4, 5), (4, 5), (2, 1)),
    ((2, 1, 9, 8), (3, 4), (3, 4)),
]
strides = pytest.mark.parametrize(("shape", "size", "stride"), STRIDES)


def scattered(rows: Array, shape: Shape, size: Pair, stride: Pair) -> Array:
    """Every element of the windows added where it was read."""
    x = np.zeros(shape)
    for row, at in zip(rows, loops.pooling_positions(shape, size, stride), strict=True):
        for value, place in zip(row, loops.window_places(*at, size, stride), strict=True):
            x[place] += value
    return x


@strides
def test_windows_and_back_are_the_nested_loops(shape: Shape, size: Pair, stride: Pair) -> None:
    x = integers(shape, 1)
    a = matrix.windows(x, size, stride)
    np.testing.assert_array_equal(a, loops.pooling_windows(x, size, stride))
    da = integers(a.shape, 2)
    dx = matrix.from_windows(da, shape, size, stride)
    np.testing.assert_array_equal(dx, scattered(da, shape, size, stride))
    assert (a * da).sum() == (x * dx).sum()


@strides
def test_images_last(shape: Shape, size: Pair, stride: Pair) -> None:
    x, (n, c) = integers(shape, 1), shape[:2]
    found = gathers.windows(x.transpose(1, 2, 3, 0), size, stride)
    oh = matrix.pooled_size((shape[2], shape[3]), size, stride)[0]
    expected = windows_last(matrix.windows(x, size, stride), n, c, oh)
    np.testing.assert_array_equal(found, expected)
    dx = gathers.from_windows(found, (*shape[1:], n), size, stride)
    expected = matrix.from_windows(matrix.windows(x, size, stride), shape, size, stride)
    np.testing.assert_array_equal(dx.transpose(3, 0, 1, 2), expected)


def test_an_overlap_by_hand() -> None:
    """Rows of 5, windows of 3 with stride 2: the element in the middle stands in both."""
    x = np.array([[[[1.0, 5.0, 9.0, 2.0, 3.0]]]])
    largest = max_pool.forward(x, (1, 3), stride=(1, 2))
    assert largest["argmax"].tolist() == [[[[2, 0]]]]
    assert largest["y"].tolist() == [[[[9.0, 9.0]]]]
    dy = np.array([[[[10.0, 7.0]]]])
    back = max_pool.backward(x, largest["argmax"], dy, (1, 3), (1, 2))
    assert back["da"].tolist() == [[0, 0, 10], [7, 0, 0]]
    assert back["dx"].tolist() == [[[[0, 0, 17, 0, 0]]]]
    mean = average_pool.forward(x, (1, 3), (1, 2))
    assert mean["y"].tolist() == [[[[5.0, 14 / 3]]]]
    share = average_pool.backward(x, np.array([[[[3.0, 6.0]]]]), (1, 3), (1, 2))
    assert share["dx"].tolist() == [[[[1, 1, 3, 2, 2]]]]


def test_what_no_window_reads_has_gradient_zero() -> None:
    """Rows of 8, windows of 2 with stride 3: the third, the sixth; and a column behind them."""
    x = np.arange(8.0).reshape(1, 1, 1, 8)
    found = average_pool.forward(x, (1, 2), (1, 3))
    assert found["y"].tolist() == [[[[0.5, 3.5, 6.5]]]]
    dx = average_pool.backward(x, np.full((1, 1, 1, 3), 2.0), (1, 2), (1, 3))["dx"]
    assert dx.tolist() == [[[[1, 1, 0, 1, 1, 0, 1, 1]]]]
    assert max_pool.forward(x[..., :7], (1, 2), stride=(1, 3))["y"].tolist() == [[[[1, 4]]]]


LAYERS = (
    *(MaxPool("P", 2, (7, 11), (3, 4), ties, stride=(2, 3)) for ties in TIES),
    MaxPool("P", 2, (7, 11), (3, 4), activation="leaky(0.25)", stride=(1, 2)),
    AveragePool("P", 2, (7, 11), (2, 4), stride=(3, 2), activation="leaky(0.5)"),
    Subsampling("P", 2, (7, 11), (2, 4), activation="identity", stride=(1, 3)),
)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.operation)
def test_small_steps_along_the_gradient(layer: Pool) -> None:
    """On numbers apart from each other the layer is linear near by: y(x + e) - y(x) = <dx, e>."""
    rng = np.random.default_rng(1)
    x = rng.permutation(2 * 2 * 7 * 11).reshape(2, 2, 7, 11) - 150.0
    p = {f"P.{key}": integers(shape, 4) for key, shape in layer.parameter_shapes.items()}
    dy = integers((2, *layer.output_shape), 5)
    arch = Architecture("options", (layer,), None)
    found = network.run(arch, p, x, None, dy)
    e = integers(x.shape, 6) * 2.0**-10
    moved = network.forward(arch, p, x + e)["P.y"] - found["P.y"]
    assert (moved * dy).sum() == (found["P.dx"] * e).sum()


def test_without_a_stride_nothing_is_different() -> None:
    for layer in (AveragePool("P", 2, (4, 6)), MaxPool("P", 2, (4, 6))):
        x, dy = integers((3, 2, 4, 6), 1), integers((3, 2, 2, 3), 2)
        said = replace(layer, stride=(2, 2))
        pair: list[Any] = [Architecture("options", (each,), None) for each in (layer, said)]
        one, other = (network.run(arch, {}, x, None, dy) for arch in pair)
        assert {k: v.tobytes() for k, v in one.items()} == {
            k: v.tobytes() for k, v in other.items()
        }


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_is_kept(dtype: str) -> None:
    x = integers((1, 2, 5, 7), 3).astype(dtype)
    a = matrix.windows(x, (2, 3), (1, 3))
    dx = matrix.from_windows(a, x.shape, (2, 3), (1, 3))
    assert a.dtype == dx.dtype == np.dtype(dtype)


@pytest.mark.parametrize(
    ("layer", "shape", "cover", "tiled", "text"),
    [
        (MaxPool("P", 3, (8, 11), (3, 4), stride=(2, 3)), (3, 3, 3), 4, False,
         "max 3x4 stride 2x3"),
        (MaxPool("P", 3, (9, 9), (3, 3), activation="relu", stride=(2, 2)), (3, 4, 4), 4, False,
         "max 3x3 stride 2, relu"),
        (MaxPool("P", 3, (8, 8)), (3, 4, 4), 1, True, "max 2x2"),
        (MaxPool("P", 3, (7, 9)), (3, 3, 4), 1, False, "max 2x2"),
        (AveragePool("P", 3, (8, 8), (2, 2), stride=(3, 3)), (3, 3, 3), 1, False,
         "average 2x2 stride 3"),
        (AveragePool("P", 3, (5, 5), (5, 5), stride=(1, 1), activation="tanh"), (3, 1, 1), 1, False,
         "average 5x5 stride 1, tanh"),
        (Subsampling("P", 3, (7, 7), (3, 3), stride=(1, 3)), (3, 5, 2), 3, False,
         "sum 3x3 stride 1x3, squash"),
    ],
)  # fmt: skip
def test_sizes_and_words(layer: Pool, shape: Shape, cover: int, tiled: bool, text: str) -> None:
    assert (layer.output_shape, layer.cover, layer.tiled) == (shape, cover, tiled)
    assert layer.operation == text
