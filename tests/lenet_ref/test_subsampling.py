"""Trainable subsampling: sum and average by hand, by loops, and the factors between them."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref.layers import subsampling
from tests import loops
from tests.loops import Array, Pair, Shape, integers

POOLS: list[tuple[Shape, Pair]] = [
    ((2, 3, 4, 10), (2, 2)),
    ((1, 2, 6, 6), (3, 2)),
    ((3, 4, 5, 14), (5, 7)),
]


def _loops(x: Array, W: Array, b: Array, dz: Array, size: Pair) -> dict[str, Array]:
    """Sum reading, one output at a time."""
    out = {"s": np.zeros(dz.shape), "z": np.zeros(dz.shape), "dx": np.zeros(x.shape)}
    out |= {"dW": np.zeros(W.shape), "db": np.zeros(b.shape)}
    for n, c, i, j in np.ndindex(*dz.shape):
        s = sum(loops.window(x, n, c, i, j, size))
        out["s"][n, c, i, j] = s
        out["z"][n, c, i, j] = W[c] * s + b[c]
        out["dW"][c] += dz[n, c, i, j] * s
        out["db"][c] += dz[n, c, i, j]
        for u, v in np.ndindex(*size):
            out["dx"][n, c, i * size[0] + u, j * size[1] + v] = W[c] * dz[n, c, i, j]
    return out


@pytest.mark.parametrize(("shape", "size"), POOLS)
def test_sum_is_the_nested_loop(shape: Shape, size: Pair) -> None:
    n, c, h, w = shape
    x, W, b = integers(shape, 1), integers((c,), 2), integers((c,), 3)
    dz = integers((n, c, h // size[0], w // size[1]), 4)
    expected = _loops(x, W, b, dz, size)
    forward = subsampling.forward(x, W, b, size)
    found = forward | subsampling.backward(x, forward["s"], W, dz, size)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)
    np.testing.assert_array_equal(found["a"], loops.pooling_windows(x, size))


@pytest.mark.parametrize(
    ("reading", "s", "z", "da", "dW"),
    [("sum", 10, 35, 21, 70), ("average", 2.5, 12.5, 5.25, 17.5)],
)
def test_by_hand(reading: str, s: float, z: float, da: float, dW: float) -> None:
    """Window 1 2 3 4, coefficient 3, bias 5, upstream 7."""
    x, W, b = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([3.0]), np.array([5.0])
    forward = subsampling.forward(x, W, b, reading=reading)
    assert (forward["s"].item(), forward["z"].item()) == (s, z)
    dz = np.full((1, 1, 1, 1), 7.0)
    backward = subsampling.backward(x, forward["s"], W, dz, reading=reading)
    assert backward["ds"].item() == 21
    assert backward["da"].tolist() == [[da] * 4]
    assert backward["dx"].tolist() == [[[[da, da], [da, da]]]]
    assert (backward["dW"].tolist(), backward["db"].tolist()) == ([dW], [7])


def test_average_with_fourfold_coefficient_is_the_same_function() -> None:
    """Sections II-A and II-B: the same family; the coefficient's gradient differs by 4."""
    x, W, b = integers((2, 3, 4, 6), 1), integers((3,), 2), integers((3,), 3)
    dz = integers((2, 3, 2, 3), 4)
    summed = subsampling.forward(x, W, b)
    averaged = subsampling.forward(x, 4 * W, b, reading="average")
    np.testing.assert_array_equal(averaged["z"], summed["z"])
    one = subsampling.backward(x, summed["s"], W, dz)
    other = subsampling.backward(x, averaged["s"], 4 * W, dz, reading="average")
    np.testing.assert_array_equal(other["dx"], one["dx"])
    np.testing.assert_array_equal(4 * other["dW"], one["dW"])
    np.testing.assert_array_equal(other["db"], one["db"])
    assert one["dW"].all()


def test_maps_do_not_mix() -> None:
    """Only map 1 gets a gradient when only its dz is non-zero."""
    x, W = integers((2, 3, 4, 4), 1), integers((3,), 2, 1, 9)
    dz = np.zeros((2, 3, 2, 2))
    dz[:, 1] = integers((2, 2, 2), 3, 1, 9)
    s = subsampling.forward(x, W, np.zeros(3))["s"]
    backward = subsampling.backward(x, s, W, dz)
    assert not backward["dx"][:, [0, 2]].any()
    assert backward["dx"][:, 1].all()
    assert backward["db"][[0, 2]].tolist() == backward["dW"][[0, 2]].tolist() == [0, 0]


@pytest.mark.parametrize("reading", ["sum", "average"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_and_arguments_untouched(reading: str, dtype: str) -> None:
    arrays = [integers(s, 1).astype(dtype) for s in ((1, 2, 4, 6), (2,), (2,), (1, 2, 2, 3))]
    for array in arrays:
        array.setflags(write=False)
    x, W, b, dz = arrays
    forward = subsampling.forward(x, W, b, reading=reading)
    backward = subsampling.backward(x, forward["s"], W, dz, reading=reading)
    assert {v.dtype for v in (forward | backward).values()} == {np.dtype(dtype)}
