"""The judge's list of shapes against numbers worked out by hand."""

from __future__ import annotations

import pytest

from lenet_ref import Architecture, lenet_1998, modern
from lenet_ref.architecture import Affine, Convolution, MaxPool
from verify.expected.shapes import layer_shapes, shapes
from verify.expected.steps import steps

Shape = tuple[int, ...]

VOLUMES: dict[str, Shape] = {
    "C1.x": (7, 1, 32, 32), "C1.z": (7, 6, 28, 28), "C1.y": (7, 6, 28, 28),
    "S2.x": (7, 6, 28, 28), "S2.z": (7, 6, 14, 14), "S2.y": (7, 6, 14, 14),
    "C3.x": (7, 6, 14, 14), "C3.z": (7, 16, 10, 10), "C3.y": (7, 16, 10, 10),
    "S4.x": (7, 16, 10, 10), "S4.z": (7, 16, 5, 5), "S4.y": (7, 16, 5, 5),
    "C5.x": (7, 16, 5, 5), "C5.z": (7, 120, 1, 1), "C5.y": (7, 120, 1, 1),
    "F6.x": (7, 120), "F6.a": (7, 120), "F6.z": (7, 84), "F6.y": (7, 84),
    "F7.x": (7, 84), "F7.y": (7, 10),
    "C1.a": (7 * 784, 25), "S2.a": (7 * 1176, 4), "C3.a": (7 * 100, 150),
    "S4.a": (7 * 400, 4), "C5.a": (7, 400),
    "C1.W": (6, 1, 5, 5), "C3.W": (16, 6, 5, 5), "C5.W": (120, 16, 5, 5), "F6.W": (84, 120),
    "C1.b": (6,), "C3.b": (16,), "C5.b": (120,), "F6.b": (84,), "F7.W": (10, 84),
    "loss.x": (7, 10), "loss.data": (),
}  # fmt: skip
OWN: dict[str, dict[str, Shape]] = {
    "modern": {
        "S2.argmax": (7, 6, 14, 14), "S4.argmax": (7, 16, 5, 5), "F7.a": (7, 84), "F7.z": (7, 10),
        "F7.b": (10,), "loss.probs": (7, 10), "loss.reg": (), "loss.total": (),
    },
    "1998": {
        "S2.s": (7, 6, 14, 14), "S4.s": (7, 16, 5, 5), "S2.W": (6,), "S2.b": (6,),
        "S4.W": (16,), "S4.b": (16,),
    },
}  # fmt: skip
architectures = pytest.mark.parametrize("arch", [modern(), lenet_1998()], ids=["modern", "1998"])


@architectures
def test_shapes_by_hand(arch: Architecture) -> None:
    expected = VOLUMES | OWN[arch.variant]
    found = shapes(arch, 7)
    assert {name: found[name] for name in expected} == expected


@architectures
def test_the_hand_made_list_is_the_whole_forward_pass(arch: Architecture) -> None:
    """A tensor added to the network has to be added here, with its shape."""
    forward = {step.tensor for step in steps(arch, backward=False)}
    assert forward == set(VOLUMES | OWN[arch.variant])


@pytest.mark.parametrize(
    "arch",
    [modern(), modern(channels=3), lenet_1998(), lenet_1998("map", learned_codes=True)],
    ids=lambda arch: f"{arch.variant}-{arch.options}",
)
def test_a_gradient_has_the_shape_of_its_tensor(arch: Architecture) -> None:
    found = shapes(arch, 3)
    for step in steps(arch):
        assert step.tensor in found
        if step.symbol.startswith("d") and step.symbol != "data":
            assert found[step.tensor] == found[f"{step.layer}.{step.symbol[1:]}"], step.tensor
    assert not any(name.endswith("dargmax") for name in found)


def test_three_channels() -> None:
    found = shapes(modern(channels=3), 2)
    assert (found["C1.x"], found["C1.dW"], found["C1.a"]) == (
        (2, 3, 32, 32),
        (6, 3, 5, 5),
        (2 * 784, 75),
    )


def test_height_and_width_have_one_formula_each() -> None:
    """Odd, unequal sizes and strides: (7 - 3) // 2 + 1 = 3 and (11 - 2) // 3 + 1 = 4."""
    layer = Convolution("C", 2, 5, (7, 11), kernel=(3, 2), stride=(2, 3))
    found = layer_shapes(layer, 4)
    assert (found["y"], found["a"], found["W"]) == ((4, 5, 3, 4), (48, 12), (5, 2, 3, 2))
    pool = layer_shapes(MaxPool("S", 3, (6, 15), window=(2, 5)), 4)
    assert (pool["y"], pool["a"], pool["argmax"]) == ((4, 3, 3, 3), (108, 10), (4, 3, 3, 3))
    assert layer_shapes(Affine("F", 5, 3), 2)["W"] == (3, 5)


def test_without_a_loss_there_are_no_loss_tensors() -> None:
    arch = Architecture("modern", (Affine("F6", 5, 3),), None)
    assert set(shapes(arch, 2)) == {
        f"F6.{symbol}"
        for symbol in ("x", "a", "z", "y", "W", "b", "dx", "da", "dz", "dy", "dW", "db")
    }
