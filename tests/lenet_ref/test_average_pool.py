"""Average pooling: worked by hand, and the adjoint of its own forward pass."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref.layers import average_pool
from lenet_ref.specs.average_pool import AveragePool

IMAGE = np.arange(24.0).reshape(1, 1, 4, 6)


def test_the_mean_of_each_window() -> None:
    """Rows 0 and 1, columns 0 to 2: (0 + 1 + 2 + 6 + 7 + 8) / 6 = 4."""
    found = average_pool.forward(IMAGE, (2, 3))
    np.testing.assert_array_equal(found["y"], [[[[4, 7], [16, 19]]]])
    np.testing.assert_array_equal(found["a"][1], [3, 4, 5, 9, 10, 11])


def test_every_element_gets_an_equal_share() -> None:
    dy = np.array([[[[6.0, 12.0], [-6.0, 0.0]]]])
    found = average_pool.backward(IMAGE, dy, (2, 3))
    np.testing.assert_array_equal(found["dx"][0, 0, 0], [1, 1, 1, 2, 2, 2])
    np.testing.assert_array_equal(found["dx"][0, 0, 3], [-1, -1, -1, 0, 0, 0])
    assert found["dz"] is dy


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_backward_is_the_adjoint_of_forward(dtype: str) -> None:
    """<z, v> = <x, J^T v> for every direction, in the dtype it is given."""
    rng = np.random.default_rng(3)
    x, v = (rng.standard_normal(s).astype(dtype) for s in ((2, 3, 4, 6), (2, 3, 2, 2)))
    dx = average_pool.backward(x, v, (2, 3))["dx"]
    z = average_pool.forward(x, (2, 3))["z"]
    assert dx.dtype == z.dtype == dtype
    np.testing.assert_allclose((z * v).sum(), (x * dx).sum(), rtol=1e-5)


def test_shapes_and_counts() -> None:
    layer = AveragePool("pool", 5, (6, 12), window=(2, 4))
    assert layer.output_shape == (5, 3, 3)
    assert (layer.trainable, layer.connections, layer.parameter_shapes) == (0, 45 * 8, {})
    assert layer.operation == "average 2x4"


def test_windows_are_two_by_two_unless_said() -> None:
    x = np.arange(2.0 * 3 * 4 * 6).reshape(2, 3, 4, 6)
    dy = np.arange(2.0 * 3 * 2 * 3).reshape(2, 3, 2, 3)
    for said, unsaid in (
        (average_pool.forward(x, (2, 2)), average_pool.forward(x)),
        (average_pool.backward(x, dy, (2, 2)), average_pool.backward(x, dy)),
    ):
        assert said.keys() == unsaid.keys()
        assert all(np.array_equal(said[name], unsaid[name]) for name in said)
