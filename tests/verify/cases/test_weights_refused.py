"""Files offered as weights that must be refused, without running what they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from lenet_ref import initial, modern, storage
from tests.files import Malicious, pickled, refused, zipped
from verify.cases.weights import load_weights, save_state_dict, to_state_dict

suffixes = pytest.mark.parametrize("suffix", [".npz", ".pt", ".pth"])


@suffixes
def test_a_pickle_is_refused_and_not_executed(suffix: str, tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / f"evil{suffix}"
    pickled(path, canary)
    assert "pickle" in refused(lambda: load_weights(path, modern()), path)
    assert not canary.exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_code_in_a_pytorch_file_is_not_executed(legacy: bool, tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "evil.pt"
    state = {"C1.weight": Malicious(canary)}
    torch.save(state, path, _use_new_zipfile_serialization=not legacy)
    refused(lambda: load_weights(path, modern()), path)
    assert not canary.exists()
    torch.load(path, weights_only=False)
    assert canary.exists(), "the file was never dangerous"


def test_the_legacy_format_is_refused_even_with_tensors_only(tmp_path: Path) -> None:
    """It is a bare pickle."""
    path = tmp_path / "legacy.pt"
    torch.save(to_state_dict(initial(modern(), 1)), path, _use_new_zipfile_serialization=False)
    assert "never loaded" in refused(lambda: load_weights(path, modern()), path)


@pytest.mark.parametrize("content", [[1], "text", {"C1.weight": 3}, None, nn.Linear(2, 2)])
def test_other_contents_are_refused(content: object, tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save(content, path)
    refused(lambda: load_weights(path, modern()), path)


def test_an_npz_called_pt_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    storage.save(tmp_path / "w.npz", initial(modern(), 1))
    (tmp_path / "w.npz").rename(path)
    refused(lambda: load_weights(path, modern()), path)


@pytest.mark.parametrize("name", ["w.npz", "w.bin", "w.PT", "w"])
def test_a_state_dict_under_another_name_is_loaded_or_refused(name: str, tmp_path: Path) -> None:
    """np.load opens any zip archive; its members come back as bytes."""
    path, parameters = tmp_path / name, initial(modern(), 1)
    save_state_dict(path, parameters)
    if path.suffix == ".PT":
        assert (load_weights(path, modern())["F6.W"] == parameters["F6.W"]).all()
    else:
        refused(lambda: load_weights(path, modern()), path)


def test_a_text_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    zipped(path, {"C1.W": b"hello"})
    refused(lambda: load_weights(path, modern()), path)


TENSORS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "bfloat16": lambda t: t.bfloat16(),
    "nn.Parameter": nn.Parameter,
    "sparse": lambda t: t.to_sparse(),
}
WITHOUT_NUMPY: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "float8": lambda t: t.to(torch.float8_e4m3fn),
    "meta": lambda t: t.to("meta"),
    "negated view": lambda t: torch.complex(t, t).conj().imag,
}


@pytest.mark.parametrize("kind", list(TENSORS))
def test_unusual_tensors_are_loaded_or_refused(kind: str, tmp_path: Path) -> None:
    """dict(model.named_parameters()) holds nn.Parameters; bfloat16 fits into float64."""
    path, state = tmp_path / "w.pt", to_state_dict(initial(modern(), 1))
    torch.save({name: TENSORS[kind](value) for name, value in state.items()}, path)
    if kind == "nn.Parameter":
        found = load_weights(path, modern())
        assert (found["F6.b"] == state["F6.bias"].numpy()).all()
    elif kind == "bfloat16":
        found = load_weights(path, modern())
        assert (found["F6.b"] == state["F6.bias"].bfloat16().double().numpy()).all()
    else:
        refused(lambda: load_weights(path, modern()), path)


@pytest.mark.parametrize("kind", list(WITHOUT_NUMPY))
def test_tensors_numpy_cannot_hold_are_loaded_or_refused(kind: str, tmp_path: Path) -> None:
    path, state = tmp_path / "w.pt", to_state_dict(initial(modern(), 1))
    torch.save({name: WITHOUT_NUMPY[kind](value) for name, value in state.items()}, path)
    if kind == "negated view":
        assert (load_weights(path, modern())["F6.b"] == -state["F6.bias"].numpy()).all()
    else:
        refused(lambda: load_weights(path, modern()), path)


def test_two_names_for_one_parameter_are_refused(tmp_path: Path) -> None:
    path, state = tmp_path / "w.pt", to_state_dict(initial(modern(), 1))
    torch.save(state | {"C1.W": state["C1.weight"] * 0}, path)
    assert "C1.W" in refused(lambda: load_weights(path, modern()), path)


def test_a_flipped_bit_in_a_tensor_is_refused(tmp_path: Path) -> None:
    path, parameters = tmp_path / "w.pt", initial(modern(), 1)
    save_state_dict(path, parameters)
    data, value = path.read_bytes(), parameters["F6.W"].tobytes()
    at = data.index(value) + 1000
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    refused(lambda: load_weights(path, modern()), path)
