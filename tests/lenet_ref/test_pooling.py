"""Max pooling: hand-worked windows, nested loops, and who wins a tie."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref.layers import max_pool
from tests import loops
from tests.loops import Array, Pair, Shape, integers

POOLS: list[tuple[Shape, Pair]] = [
    ((2, 3, 4, 10), (2, 2)),
    ((1, 2, 6, 6), (3, 2)),
    ((3, 1, 5, 14), (5, 7)),
]


def _first_largest(values: list[float]) -> int:
    """Position of the first maximum, by walking; Python finds -0.0 and 0.0 equal."""
    best = 0
    for position, value in enumerate(values):
        if value > values[best]:
            best = position
    return best


def _routed(x: Array, dy: Array, size: Pair) -> Array:
    """dx of max pooling: every dy goes to its window's first maximum."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*dy.shape):
        u, v = divmod(_first_largest(loops.window(x, n, c, i, j, size)), size[1])
        dx[n, c, i * size[0] + u, j * size[1] + v] += dy[n, c, i, j]
    return dx


@pytest.mark.parametrize(("shape", "size"), POOLS)
@pytest.mark.parametrize("largest", [1, 50])
def test_nested_loops(shape: Shape, size: Pair, largest: int) -> None:
    """With values in -1..1 most windows tie, with -50..50 few do."""
    x = integers(shape, 1, -largest, largest)
    forward = max_pool.forward(x, size)
    windows = loops.pooling_windows(x, size)
    assert forward["argmax"].ravel().tolist() == [_first_largest(w) for w in windows]
    assert forward["y"].ravel().tolist() == [max(w) for w in windows]
    dy = integers(forward["y"].shape, 2)
    backward = max_pool.backward(x, forward["argmax"], dy, size)
    np.testing.assert_array_equal(backward["dx"], _routed(x, dy, size))
    np.testing.assert_array_equal(backward["dz"], dy)


def test_by_hand() -> None:
    x = np.array([[[[1.0, 9.0, -4.0, -3.0], [2.0, 3.0, -2.0, -1.0]]]])
    forward = max_pool.forward(x)
    assert forward["a"].tolist() == [[1, 9, 2, 3], [-4, -3, -2, -1]]
    assert forward["argmax"].tolist() == [[[[1, 3]]]]
    assert forward["z"].tolist() == forward["y"].tolist() == [[[[9, -1]]]]
    backward = max_pool.backward(x, forward["argmax"], np.array([[[[5.0, 7.0]]]]))
    assert backward["da"].tolist() == [[0, 5, 0, 0], [0, 0, 0, 7]]
    assert backward["dx"].tolist() == [[[[0, 5, 0, 0], [0, 0, 0, 7]]]]


@pytest.mark.parametrize(
    ("window", "winner"),
    [
        ([4.0, 4.0, 4.0, 4.0], 0),
        ([0.0, 4.0, 4.0, 4.0], 1),
        ([0.0, 3.0, 4.0, 4.0], 2),
        ([-0.0, 0.0, -0.0, 0.0], 0),
        ([-1.0, -0.0, 0.0, -0.0], 1),
        ([0.0, -0.0, 0.0, -1.0], 0),
    ],
)
def test_the_first_in_row_major_order_wins_a_tie(window: list[float], winner: int) -> None:
    """Erratum S25: the whole gradient to the first maximum; -0.0 and 0.0 tie."""
    x = np.array(window).reshape(1, 1, 2, 2)
    argmax = max_pool.forward(x)["argmax"]
    assert argmax.item() == winner
    dx = max_pool.backward(x, argmax, np.full((1, 1, 1, 1), 8.0))["dx"]
    assert dx.ravel().tolist() == [8.0 * (i == winner) for i in range(4)]


def test_losers_get_zero_even_when_the_gradient_is_infinite() -> None:
    x = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    dx = max_pool.backward(x, max_pool.forward(x)["argmax"], np.full((1, 1, 1, 1), np.inf))["dx"]
    assert dx.ravel().tolist() == [0, 0, 0, np.inf]


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_and_arguments_untouched(dtype: str) -> None:
    x, dy = integers((1, 2, 4, 6), 3).astype(dtype), integers((1, 2, 2, 3), 4).astype(dtype)
    x.setflags(write=False)
    dy.setflags(write=False)
    forward = max_pool.forward(x)
    backward = max_pool.backward(x, forward["argmax"], dy)
    assert np.issubdtype(forward.pop("argmax").dtype, np.integer)
    assert {v.dtype for v in (forward | backward).values()} == {np.dtype(dtype)}


def test_the_last_nan_of_a_window_wins() -> None:
    """As in PyTorch on CPU; every arrangement of numbers and NaN in a window of four."""
    for pattern in range(16):
        row = np.array([[np.nan if pattern >> k & 1 else float(k % 2) for k in range(4)]])
        nans = [k for k in range(4) if pattern >> k & 1]
        expected = nans[-1] if nans else 1
        assert max_pool.position_of_maximum(row).tolist() == [expected]


def test_nan_in_one_of_several_windows() -> None:
    rows = np.array([[1.0, 2.0, 3.0], [np.nan, 5.0, 4.0], [7.0, np.nan, np.nan]])
    assert max_pool.position_of_maximum(rows).tolist() == [2, 0, 2]
