"""Parameters from .safetensors: the same as from any other file, and as strictly checked."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from lenet_ref import initial, modern
from tests.files import refused
from verify.cases.weights import load_weights, to_state_dict


def header(text: str | dict[str, object], body: bytes = b"", length: int | None = None) -> bytes:
    """A file whose header says what it is told to say."""
    data = (text if isinstance(text, str) else json.dumps(text)).encode()
    return struct.pack("<Q", len(data) if length is None else length) + data + body


def test_both_ways_of_naming_are_loaded(tmp_path: Path) -> None:
    path, parameters = tmp_path / "w.safetensors", initial(modern(), 1)
    for names in (parameters, {k: v.numpy() for k, v in to_state_dict(parameters).items()}):
        safetensors.numpy.save_file(dict(names), path)
        found = load_weights(path, modern())
        assert all((found[name] == value).all() for name, value in parameters.items())


def test_bfloat16_is_widened(tmp_path: Path) -> None:
    state = {k: v.bfloat16() for k, v in to_state_dict(initial(modern(), 1)).items()}
    safetensors.torch.save_file(state, tmp_path / "w.safetensors")
    found = load_weights(tmp_path / "w.safetensors", modern())
    assert (found["F6.b"] == state["F6.bias"].double().numpy()).all()


ONE = {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}
WRONG = {
    "empty": b"",
    "short": header({"C1.W": ONE}, bytes(15)),
    "long": header({"C1.W": ONE}, bytes(17)),
    "huge": header("{}", length=2**60),
    "deep": header("[" * 10**5),
    "twice": header(f'{{"a": {json.dumps(ONE)}, "a": {json.dumps(ONE)}}}', bytes(32)),
    "dtype": header({"C1.W": {**ONE, "dtype": "nan"}}, bytes(16)),
    "float8": header({"C1.W": {**ONE, "dtype": "F8_E4M3", "shape": [16]}}, bytes(16)),
    "other names": header({"a": ONE}, bytes(16)),
    "npz": b"PK\x03\x04" + bytes(99),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=list(WRONG))
def test_what_is_none_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(data)
    refused(lambda: load_weights(path, modern()), path)


def test_without_the_library_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.safetensors"
    safetensors.numpy.save_file({"a": np.zeros(1)}, path)
    monkeypatch.setitem(sys.modules, "safetensors", None)
    said = refused(lambda: load_weights(path, modern()), path)
    assert "needs safetensors" in said and "pip install 'lenet-verify[safetensors]'" in said


def test_an_archive_that_claims_more_than_it_has_is_refused(tmp_path: Path) -> None:
    """PyTorch holds the size of a record against what the description says of it."""
    path = tmp_path / "w.pt"
    torch.save({"C1.weight": torch.zeros(4)}, path)
    data = path.read_bytes()
    assert data.count(b"K\x04\x85") == 1
    path.write_bytes(data.replace(b"K\x04\x85", b"K\x7f\x85"))
    refused(lambda: load_weights(path, modern()), path)
