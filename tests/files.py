"""Files that should not be loaded, and what a refusal must look like."""

from __future__ import annotations

import os
import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from lenet_ref.errors import LeNetError

# Reproducible, silent and leaving nothing behind.
FUZZ = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def refused(call: Callable[[], object], path: Path) -> str:
    """The message of the error a call must raise: one of ours, one line, naming the file."""
    with pytest.raises(LeNetError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert path.name.replace("\n", " ") in message
    return message


class Malicious:
    """Unpickling it creates a folder."""

    def __init__(self, canary: Path) -> None:
        self.canary = str(canary)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (self.canary,)


def pickled(path: Path, canary: Path) -> None:
    """A bare pickle that creates the canary; checked to be dangerous before it is used."""
    data = pickle.dumps(Malicious(canary))
    pickle.loads(data)
    canary.rmdir()
    path.write_bytes(data)


def zipped(path: Path, members: Mapping[str, bytes]) -> None:
    """A zip archive, checksums and all."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def npy(shape: str, descr: str = "'<f8'", data: bytes = b"") -> bytes:
    """An .npy file (format 1.0) whose header says what it is told to say."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data
