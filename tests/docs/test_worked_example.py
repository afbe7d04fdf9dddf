"""The worked example of docs/derivation.md, run through lenet_ref and through torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet_ref import matrix
from lenet_ref.activations import relu
from lenet_ref.layers import convolution
from tests.docs.derivation import PAGE, assignments

EXAMPLE = {name: np.array(value, float) for name, value in assignments(PAGE.read_text()).items()}

each_array = pytest.mark.parametrize("name", ["a", "z", "y", "dz", "da", "dx", "dW", "db"])


def _volume(name: str) -> NDArray[Any]:
    """A map of the example as a volume with one image and one map."""
    return EXAMPLE[name][None, None]


def _by_hand() -> dict[str, NDArray[Any]]:
    """The example through lenet_ref."""
    x, W, b = _volume("x"), _volume("W"), EXAMPLE["b"]
    forward = convolution.forward(x, W, b)
    y = relu.forward(forward["z"])
    dz = relu.backward(_volume("dy"), forward["z"], y)
    gradients = convolution.backward(x, matrix.im2col(x, (2, 2)), W, dz)
    return forward | {"y": y, "dz": dz} | gradients


def _by_autograd() -> dict[str, NDArray[Any]]:
    """The example through torch: z by conv2d, gradients through its rows as well."""
    x, W, dy = (torch.tensor(_volume(name)) for name in ("x", "W", "dy"))
    b = torch.tensor(EXAMPLE["b"])
    leaves = {"x": x.requires_grad_(), "W": W.requires_grad_(), "b": b.requires_grad_()}
    a = torch.nn.functional.unfold(x, (2, 2))[0].T
    z = (a @ W.reshape(4, 1) + b).reshape(1, 1, 2, 2)
    torch.testing.assert_close(z, torch.nn.functional.conv2d(x, W, b), rtol=0, atol=0)
    y = torch.relu(z)
    wanted = leaves | {"a": a, "z": z}
    gradients = torch.autograd.grad(y, list(wanted.values()), dy)
    tensors = {"a": a, "z": z, "y": y} | {
        f"d{k}": g for k, g in zip(wanted, gradients, strict=True)
    }
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


@each_array
def test_example_is_what_lenet_ref_computes(name: str) -> None:
    assert np.array_equal(np.squeeze(_by_hand()[name]), np.squeeze(EXAMPLE[name]))


@each_array
def test_example_is_what_autograd_computes(name: str) -> None:
    assert np.array_equal(np.squeeze(_by_autograd()[name]), np.squeeze(EXAMPLE[name]))


def test_example_shows_a_kink_and_an_overlap() -> None:
    assert (EXAMPLE["z"] == 0).any() and (EXAMPLE["dy"][EXAMPLE["z"] == 0] != 0).all()
    assert len(np.unique(EXAMPLE["dy"])) == EXAMPLE["dy"].size


def test_example_is_complete() -> None:
    assert EXAMPLE.keys() == {"x", "W", "b", "a", "z", "y", "dy", "dz", "da", "dx", "dW", "db"}
