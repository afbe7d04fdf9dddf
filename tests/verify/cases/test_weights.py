"""Weights from files: the project's .npz and PyTorch's state_dict, strictly and safely."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lenet_ref import Architecture, initial, lenet_1998, modern, storage
from tests.files import refused
from tests.nets import Array
from verify.cases.weights import load_weights, save_state_dict, to_state_dict

ARCHITECTURES = {"modern": modern(), "1998": lenet_1998()}
variants = pytest.mark.parametrize("arch", ARCHITECTURES.values(), ids=list(ARCHITECTURES))
suffixes = pytest.mark.parametrize("suffix", [".npz", ".pt", ".pth"])
Entries = dict[str, Any]


class Holder(nn.Module):
    """A module with a weight and perhaps a bias."""

    def __init__(self, weight: tuple[int, ...], bias: int | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(weight))
        self.bias = None if bias is None else nn.Parameter(torch.zeros(bias))


def _module(variant: str) -> nn.Module:
    """What a user of PyTorch would write, layers under the names of the paper."""
    layers: dict[str, nn.Module] = {
        "C1": nn.Conv2d(1, 6, 5),
        "C3": nn.Conv2d(6, 16, 5),
        "C5": nn.Conv2d(16, 120, 5),
        "F6": nn.Linear(120, 84),
    }
    if variant == "modern":
        return nn.ModuleDict(layers | {"F7": nn.Linear(84, 10)}).double()
    own = {"S2": Holder((6,), 6), "S4": Holder((16,), 16), "F7": Holder((10, 84), None)}
    return nn.ModuleDict(layers | own).double()


def _write(path: Path, parameters: dict[str, Array]) -> None:
    if path.suffix == ".npz":
        storage.save(path, parameters)
    else:
        save_state_dict(path, parameters)


def _equal(found: dict[str, Array], expected: dict[str, Array]) -> None:
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name].dtype == np.float64
        np.testing.assert_array_equal(found[name], value, err_msg=name)


@variants
@suffixes
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_round_trip(arch: Architecture, suffix: str, dtype: str, tmp_path: Path) -> None:
    """Whatever the dtype of the file, the values come back in float64, unrounded."""
    path, parameters = tmp_path / f"w{suffix}", initial(arch, 1, dtype)
    _write(path, parameters)
    _equal(load_weights(path, arch), parameters)


@variants
def test_through_a_module_of_pytorch_and_back(arch: Architecture, tmp_path: Path) -> None:
    """Strict names, PyTorch's shapes: sharing weights is never a permutation."""
    parameters = initial(arch, 2)
    module = _module(arch.variant)
    module.load_state_dict(to_state_dict(parameters), strict=True)
    weight = module.get_parameter("C3.weight").detach().numpy()
    np.testing.assert_array_equal(weight, parameters["C3.W"])
    torch.save(module.state_dict(), tmp_path / "module.pt")
    _equal(load_weights(tmp_path / "module.pt", arch), parameters)


def test_a_saved_state_dict_is_tensors_only(tmp_path: Path) -> None:
    save_state_dict(tmp_path / "w.pt", initial(modern(), 1))
    state = torch.load(tmp_path / "w.pt", weights_only=True)
    assert list(state)[:2] == ["C1.weight", "C1.bias"]
    assert all(type(value) is torch.Tensor for value in state.values())


def test_exported_tensors_do_not_share_memory() -> None:
    parameters = initial(modern(), 1)
    to_state_dict(parameters)["C1.weight"].zero_()
    assert parameters["C1.W"].all()


CHANGES: list[tuple[Callable[[Entries], object], str]] = [
    (lambda p: p.pop("C5.b"), "C5.b"),
    (lambda p: p.update({"F8.W": np.ones(3)}), "F8.W"),
    (lambda p: p.update({"F6.W": p["F6.W"].T}), "F6.W"),
    (lambda p: p.update({"C1.b": p["C1.b"].astype(int)}), "C1.b"),
    (lambda p: p.update({"C1.b": p["C1.b"] > 0}), "C1.b"),
    (lambda p: p.update({"C1.b": p["C1.b"] * 1j}), "C1.b"),
    (lambda p: p.update({"F6.b": p["F6.b"] * np.nan}), "F6.b"),
    (lambda p: p.update({"F6.b": p["F6.b"] / 0.0}), "F6.b"),
    (lambda p: p.update({"F6.b": p["F6.b"].astype("float32")}), "F6.b"),
    (lambda p: p.clear(), "C1.W"),
]


@variants
@pytest.mark.parametrize("suffix", [".npz", ".pt"])
@pytest.mark.parametrize(("change", "culprit"), CHANGES)
def test_unusable_entries_are_named(
    change: Callable[[Entries], object],
    culprit: str,
    suffix: str,
    arch: Architecture,
    tmp_path: Path,
) -> None:
    path, parameters = tmp_path / f"w{suffix}", initial(arch, 1)
    with np.errstate(divide="ignore"):
        change(parameters)
    _write(path, parameters)
    assert culprit in refused(lambda: load_weights(path, arch), path)


def test_the_other_variants_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    _write(path, initial(modern(), 1))
    assert "S2.W" in refused(lambda: load_weights(path, lenet_1998()), path)


def test_dense_weights_at_dead_links_are_refused(tmp_path: Path) -> None:
    path, parameters = tmp_path / "w.pt", initial(lenet_1998(), 1)
    parameters["C3.W"] = initial(modern(), 1)["C3.W"]
    _write(path, parameters)
    assert "C3.W" in refused(lambda: load_weights(path, lenet_1998()), path)


def test_every_kind_of_truncation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.pt"
    save_state_dict(path, initial(modern(), 1, "float16"))
    data = path.read_bytes()
    for length in [*range(64), *range(64, len(data), 4999), len(data) - 1]:
        path.write_bytes(data[:length])
        refused(lambda: load_weights(path, modern()), path)


@suffixes
def test_no_such_file_and_a_folder(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    assert "no such file" in refused(lambda: load_weights(path, modern()), path)
    path.mkdir()
    refused(lambda: load_weights(path, modern()), path)
