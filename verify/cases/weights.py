"""Parameters from a file: the project's .npz or a PyTorch state_dict (tensors only)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet_ref import checks, door, storage
from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from verify.errors import InputError

__all__ = ["Parameters", "load_weights", "save_state_dict", "to_state_dict"]
Parameters = dict[str, NDArray[Any]]
_SUFFIX = {"W": "weight", "b": "bias"}


def load_weights(path: Path, arch: Architecture) -> Parameters:
    """Parameters of a network, checked against it, in float64.

    Args:
        path: ``.npz`` with names as ``C1.W``, or ``.pt``/``.pth`` with names as ``C1.weight``.
    Raises:
        InputError: unreadable, a pickle, or not this network's parameters.
    """
    try:
        found = _state_dict(path) if path.suffix.lower() in (".pt", ".pth") else storage.load(path)
        for name, value in found.items():
            checks.check_floating(name, value)
        checks.check_parameters(arch, found)
    except LeNetError as error:
        text = str(error) if str(path) in str(error) else f"{path}: {error}"
        raise InputError(text) from None
    return {name: value.astype(np.float64) for name, value in found.items()}


def _state_dict(path: Path) -> Parameters:
    file = io.BytesIO(door.contents(path, storage.LARGEST))
    if not zipfile.is_zipfile(file):
        raise InputError("not a PyTorch archive; bare pickles are never loaded", where=str(path),
                         expected="torch.save(model.state_dict(), ...)")  # fmt: skip
    try:
        _verify_checksums(file)
        file.seek(0)
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the restricted unpickler raises many kinds
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"not a tensors-only state_dict: {first}", where=str(path)) from None
    if not isinstance(state, Mapping) or not all(
        isinstance(v, torch.Tensor) for v in state.values()
    ):
        raise InputError("not a state_dict", where=str(path), expected="a mapping of tensors")
    found: Parameters = {}
    for name, value in state.items():
        own = _own_name(str(name))
        if own in found:
            raise InputError("two entries for one parameter", where=f"{path}: {own}")
        found[own] = _array(value, f"{path}: {name}")
    return found


def _verify_checksums(file: io.BytesIO) -> None:
    """torch.load does not: a flipped bit would load."""
    with zipfile.ZipFile(file) as archive:
        if damaged := archive.testzip():
            raise InputError("checksum does not match", where=damaged)


def _array(value: torch.Tensor, where: str) -> NDArray[Any]:
    """A dense tensor as an array; bfloat16, which NumPy lacks, fits into float64."""
    if value.layout != torch.strided or value.is_complex():
        raise InputError("not a dense real tensor", where=where, got=value.layout)
    try:
        plain = value.detach().resolve_neg()
        return (plain.double() if plain.dtype == torch.bfloat16 else plain).numpy()
    except (TypeError, RuntimeError) as error:
        raise InputError(f"NumPy cannot hold it: {error}", where=where) from None


def _own_name(name: str) -> str:
    """``C1.weight`` as ``C1.W``; other names stay and are refused later."""
    for own, theirs in _SUFFIX.items():
        if name.endswith(f".{theirs}"):
            return f"{name.removesuffix(theirs)}{own}"
    return name


def to_state_dict(parameters: Mapping[str, NDArray[Any]]) -> dict[str, torch.Tensor]:
    """Parameters under PyTorch's names, ready for ``load_state_dict``."""
    named = {}
    for name, value in parameters.items():
        layer, symbol = name.split(".")
        named[f"{layer}.{_SUFFIX[symbol]}"] = torch.tensor(np.ascontiguousarray(value))
    return named


def save_state_dict(path: Path, parameters: Mapping[str, NDArray[Any]]) -> None:
    """Write a state_dict that PyTorch loads with ``weights_only=True``.

    Raises:
        StorageError: the file cannot be written.
    """
    buffer = io.BytesIO()
    torch.save(to_state_dict(parameters), buffer)
    storage.write_atomically(path, buffer.getvalue())
