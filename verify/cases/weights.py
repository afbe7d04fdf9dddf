"""Parameters from a file: the project's .npz, .safetensors or a PyTorch state_dict (tensors
only)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet_ref import checks, door, storage
from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from verify.cases import safetensors_files, torch_files
from verify.errors import InputError

__all__ = ["Parameters", "load_weights", "save_state_dict", "to_state_dict"]
Parameters = dict[str, NDArray[Any]]


def load_weights(path: Path, arch: Architecture) -> Parameters:
    """Parameters of a network, checked against it, in float64.

    Args:
        path: ``.npz`` or ``.safetensors`` with names as ``C1.W``, or ``.pt``/``.pth`` with names as
            ``C1.weight``; both names in either.
    Raises:
        InputError: unreadable, a pickle, or not this network's parameters.
    """
    read = _READERS.get(path.suffix.lower(), storage.load)
    try:
        found = read(path)
        for name, value in found.items():
            checks.check_floating(name, value)
        checks.check_parameters(arch, found)
    except LeNetError as error:
        text = str(error) if str(path) in str(error) else f"{path}: {error}"
        raise InputError(text) from None
    return {name: value.astype(np.float64) for name, value in found.items()}


def _state_dict(path: Path) -> Parameters:
    data = door.contents(path, storage.LARGEST)
    state = torch_files.loaded(data, str(path), storage.LARGEST)
    if not isinstance(state, Mapping) or not all(
        isinstance(v, torch.Tensor) for v in state.values()
    ):
        raise InputError("not a state_dict", where=str(path), expected="a mapping of tensors")
    found = ((str(k), torch_files.array(v, f"{path}: {k}")[0]) for k, v in state.items())
    return _ours(found, path)


def _safetensors(path: Path) -> Parameters:
    data = door.contents(path, storage.LARGEST)
    found = safetensors_files.arrays(data, str(path))
    return _ours(((name, value) for name, value, _ in found), path)


def _ours(entries: Iterable[tuple[str, NDArray[Any]]], path: Path) -> Parameters:
    """Under our own names, each once."""
    found: Parameters = {}
    for name, value in entries:
        own = torch_files.own_name(name)
        if own in found:
            raise InputError("two entries for one parameter", where=f"{path}: {own}")
        found[own] = value
    return found


_READERS = {".pt": _state_dict, ".pth": _state_dict, ".safetensors": _safetensors}


def to_state_dict(parameters: Mapping[str, NDArray[Any]]) -> dict[str, torch.Tensor]:
    """Parameters under PyTorch's names, ready for ``load_state_dict``."""
    named = {}
    for name, value in parameters.items():
        layer, symbol = name.split(".")
        named[f"{layer}.{torch_files.SUFFIX[symbol]}"] = torch.tensor(np.ascontiguousarray(value))
    return named


def save_state_dict(path: Path, parameters: Mapping[str, NDArray[Any]]) -> None:
    """Write a state_dict that PyTorch loads with ``weights_only=True``.

    Raises:
        StorageError: the file cannot be written.
    """
    buffer = io.BytesIO()
    torch.save(to_state_dict(parameters), buffer)
    storage.write_atomically(path, buffer.getvalue())
