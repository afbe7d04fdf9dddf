"""Names, shapes, counts and initial values of the parameters."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import Architecture, initial, lenet_1998, modern
from lenet_ref.architecture import RadialBasis
from lenet_ref.codes import codes
from lenet_ref.connections import TABLE_I, mask
from lenet_ref.parameters import initial_limit, parameter_shapes
from tests.loops import Array

MODERN_SHAPES = {
    "C1.W": (6, 1, 5, 5), "C1.b": (6,),
    "C3.W": (16, 6, 5, 5), "C3.b": (16,),
    "C5.W": (120, 16, 5, 5), "C5.b": (120,),
    "F6.W": (84, 120), "F6.b": (84,),
    "F7.W": (10, 84), "F7.b": (10,),
}  # fmt: skip
SHAPES_1998 = {
    "C1.W": (6, 1, 5, 5), "C1.b": (6,),
    "S2.W": (6,), "S2.b": (6,),
    "C3.W": (16, 6, 5, 5), "C3.b": (16,),
    "S4.W": (16,), "S4.b": (16,),
    "C5.W": (120, 16, 5, 5), "C5.b": (120,),
    "F6.W": (84, 120), "F6.b": (84,),
    "F7.W": (10, 84),
}  # fmt: skip
# Fan-in of a unit, per layer; C3 of 1998 by map: 6 maps of 75, 9 of 100, 1 of 150.
FAN_IN_1998: dict[str, list[int]] = {
    "C1": [25] * 6,
    "S2": [4] * 6,
    "C3": [75] * 6 + [100] * 9 + [150],
    "S4": [4] * 16,
    "C5": [400] * 120,
    "F6": [120] * 84,
}
FAN_IN_MODERN = {"C1": 25, "C3": 150, "C5": 400, "F6": 120, "F7": 84}


@pytest.mark.parametrize(
    ("arch", "expected"), [(modern(), MODERN_SHAPES), (lenet_1998(), SHAPES_1998)]
)
def test_names_and_shapes_in_network_order(
    arch: Architecture, expected: dict[str, tuple[int, ...]]
) -> None:
    assert list(parameter_shapes(arch).items()) == list(expected.items())
    drawn = initial(arch, 1)
    assert list(drawn) == list(expected)
    assert {k: v.shape for k, v in drawn.items()} == expected


@pytest.mark.parametrize(
    ("arch", "counts"),
    [
        (modern(), [156, 0, 2416, 0, 48120, 10164, 850]),
        (modern(channels=3), [456, 0, 2416, 0, 48120, 10164, 850]),
        (lenet_1998(), [156, 12, 1516, 32, 48120, 10164, 0]),
        (lenet_1998("map", learned_codes=True), [156, 12, 1516, 32, 48120, 10164, 840]),
    ],
)
def test_trainable_counts(arch: Architecture, counts: list[int]) -> None:
    assert [layer.trainable for layer in arch.layers] == counts


def test_fan_in_is_per_map() -> None:
    found = {layer.name: layer.fan_in.tolist() for layer in lenet_1998().layers}
    assert found == FAN_IN_1998 | {"F7": [84] * 10}
    assert modern().layers[1].fan_in.tolist() == [4] * 6


def _per_unit(W: Array) -> Array:
    """Largest magnitude among each output unit's values."""
    largest: Array = np.abs(W.reshape(len(W), -1)).max(axis=1)
    return largest


@pytest.mark.parametrize("seed", [1, 2])
def test_initial_1998_fills_plus_minus_2_4_over_fan_in(seed: int) -> None:
    drawn = initial(lenet_1998(), seed)
    for name, fans in FAN_IN_1998.items():
        limit = 2.4 / np.array(fans)
        weights, biases = _per_unit(drawn[f"{name}.W"]), np.abs(drawn[f"{name}.b"])
        assert (weights <= limit).all() and (biases <= limit).all()
        if name[0] in "CF":
            assert (weights > 0.75 * limit).all(), "a unit never comes near its limit"
        assert max((biases / limit).max(), (weights / limit).max()) > 0.7


def test_the_limits_themselves() -> None:
    """To the last digit: a draw only comes near its limit."""
    F = np.array([25.0, 4.0])
    assert initial_limit("1998", "W", F).tolist() == [2.4 / 25, 0.6]
    assert initial_limit("modern", "W", np.array([1.5])).tolist() == [2.0]
    assert initial_limit("modern", "b", np.array([16.0])).tolist() == [0.25]


def test_codes_of_a_smaller_output_layer() -> None:
    layer = RadialBasis("F7", 12, 4)
    drawn = initial(Architecture("1998", (layer,), None), 0)["F7.W"]
    np.testing.assert_array_equal(drawn, codes()[:4, :12])


@pytest.mark.parametrize("seed", [1, 2])
def test_initial_modern_is_he_uniform(seed: int) -> None:
    drawn = initial(modern(), seed)
    for name, fan in FAN_IN_MODERN.items():
        weights, biases = drawn[f"{name}.W"], drawn[f"{name}.b"]
        limit = (6 / fan) ** 0.5
        assert 0.97 * limit < np.abs(weights).max() <= limit
        spread = 5 * (2 / fan) / weights.size**0.5
        assert float(weights.var()) == pytest.approx(2 / fan, abs=spread)
        assert 0.6 / fan**0.5 < np.abs(biases).max() <= 1 / fan**0.5


@pytest.mark.parametrize("arch", [modern(), lenet_1998()], ids=["modern", "1998"])
def test_values_are_signed_distinct_and_never_zero(arch: Architecture) -> None:
    """Zero or tied values hide forgotten biases and swapped maps."""
    live = mask(TABLE_I, 6)
    for name, value in initial(arch, 3).items():
        if name == "F7.W" and arch.variant == "1998":
            continue
        drawn = value[live] if name == "C3.W" and arch.variant == "1998" else value
        assert (drawn != 0).all(), name
        assert len(np.unique(drawn)) == drawn.size, name
        assert drawn.min() < 0 < drawn.max(), name
        assert abs(drawn.mean()) < 4 * drawn.std() / drawn.size**0.5, name


def test_dead_links_start_at_zero() -> None:
    W = initial(lenet_1998(), 4)["C3.W"]
    assert not W[~mask(TABLE_I, 6)].any()
    assert W[mask(TABLE_I, 6)].all()


def test_seeds_and_dtypes() -> None:
    for arch in (modern(), lenet_1998()):
        one, again, other = initial(arch, 5), initial(arch, 5), initial(arch, 6)
        for name, value in one.items():
            np.testing.assert_array_equal(again[name], value)
            single = initial(arch, 5, "float32")[name]
            assert single.dtype == np.float32
            np.testing.assert_array_equal(single, value.astype(np.float32))
        assert all((one[n] != other[n]).any() for n in one if n[:2] != "F7")


def test_the_links_of_a_table_cannot_be_written() -> None:
    """They are kept, and everybody gets the same."""
    with pytest.raises(ValueError, match="read-only"):
        mask(TABLE_I, 6)[0, 0] = False
