"""Files of PyTorch, safetensors and MATLAB that hold no array, or more than anybody asked for."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
import torch

from tests.files import Malicious
from tests.hostile.arrays import Arrays, Hostile, Make, spoilt, void

SIX = np.zeros(6)


def alone(name: str, data: bytes | Callable[[Arrays], bytes]) -> Make:
    """A submission of one file of these bytes, made of what a right one holds."""
    return lambda place, right: void(
        (place / name).write_bytes(data(right) if callable(data) else data)
    )


def torched(value: Any, **words: Any) -> bytes:
    """What torch.save writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer, **words)
    return buffer.getvalue()


def repacked(
    data: bytes, change: Callable[[str, bytes], bytes], how: int = zipfile.ZIP_STORED
) -> bytes:
    """An archive with other contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", how) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def nested(depth: int) -> Any:
    """Mappings in mappings."""
    value: Any = torch.zeros(6)
    for _ in range(depth):
        value = {"C1": value}
    return value


def as_double(right: Arrays) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(value) for name, value in right.items()}


STATES: dict[str, Callable[[], Any]] = {
    "number": lambda: {"C1.db": 3}, "list": lambda: [torch.zeros(6)], "text": lambda: "C1.db", "none": lambda: None,
    "keys": lambda: {1: torch.zeros(6)}, "deep": lambda: nested(3), "deeper": lambda: nested(200),
    "wide": lambda: {"C1.db": torch.zeros(1).expand(2**40)}, "sparse": lambda: {"C1.db": torch.zeros(6).to_sparse()},
    "meta": lambda: {"C1.db": torch.zeros(6, device="meta")}, "complex": lambda: {"C1.db": torch.zeros(6, dtype=torch.complex64)},
    "float8": lambda: {"C1.db": torch.zeros(6).to(torch.float8_e4m3fn)}, "bfloat16": lambda: {"C1.db": torch.zeros(6).bfloat16()},
    "twice": lambda: {"C1": {"db": torch.zeros(6)}, "C1.db": torch.zeros(6)}, "name": lambda: {"\x1b[2J": torch.zeros(6)},
    "larger": lambda: {"C1.db": torch.zeros(7)}, "many": lambda: {f"{i}": torch.zeros(1) for i in range(3000)},
    "code": lambda: {"C1.db": Malicious(Path("canary"))}, "formula": lambda: {"=cmd()": torch.zeros(6)},
}  # fmt: skip


def states() -> Iterator[Hostile]:
    """Files of torch.save."""
    for name, make in STATES.items():
        yield Hostile(f"pt-{name}", alone("a.pt", lambda r, m=make: torched(m())))
    yield Hostile(
        "pt-legacy",
        alone("a.pth", torched({"C1.db": torch.zeros(6)}, _use_new_zipfile_serialization=False)),
    )
    plain = torched({"C1.db": torch.zeros(6, dtype=torch.float64)})
    yield Hostile(
        "pt-packed", alone("a.pt", repacked(plain, lambda _, data: data, zipfile.ZIP_DEFLATED))
    )
    bomb = repacked(
        plain, lambda n, data: bytes(2**26) if "data/0" in n else data, zipfile.ZIP_DEFLATED
    )
    yield Hostile("pt-bomb", alone("a.pt", bomb))
    yield Hostile(
        "pt-claims",
        alone("a.pt", repacked(plain, lambda n, data: data.replace(b"K\x06\x85", b"K\x7f\x85"))),
    )
    yield Hostile(
        "pt-no-pickle",
        alone("a.pt", repacked(plain, lambda n, data: b"." if n.endswith(".pkl") else data)),
    )
    yield Hostile(
        "pt-long-pickle",
        alone(
            "a.pt", repacked(plain, lambda n, data: b"N0" * 2**20 if n.endswith(".pkl") else data)
        ),
    )
    for seed in range(30):
        yield Hostile(
            f"pt-garbled-{seed}",
            alone("a.pt", lambda r, s=seed: spoilt(torched(as_double(r)), s)),
            None,
        )


def tensors(text: str | Mapping[str, Any], body: bytes = b"", length: int | None = None) -> bytes:
    """A .safetensors whose header says what it is told to say."""
    data = (text if isinstance(text, str) else json.dumps(text)).encode("utf-8", "surrogateescape")
    return struct.pack("<Q", len(data) if length is None else length) + data + body


def entry(**other: Any) -> dict[str, Any]:
    """One of it."""
    return {"C1.db": {"dtype": "F64", "shape": [6], "data_offsets": [0, 48], **other}}


TENSORS = {
    "empty": b"", "none": tensors("{}"), "short": tensors(entry(), bytes(47)), "long": tensors(entry(), bytes(49)),
    "huge": tensors("{}", length=2**63), "header": tensors(" " * 2**20), "deep": tensors("[" * 10**5), "list": tensors("[]"),
    "twice": tensors('{"C1.db": 1, "C1.db": 2}'), "dtype": tensors(entry(dtype="nan"), bytes(48)),
    "float4": tensors(entry(dtype="F4", shape=[96]), bytes(48)), "negative": tensors(entry(shape=[-6]), bytes(48)),
    "offsets": tensors(entry(data_offsets=[48, 0]), bytes(48)), "outside": tensors(entry(data_offsets=[0, 2**62]), bytes(48)),
    "zeros": tensors(entry(shape=[2**60, 0], data_offsets=[0, 0])), "wraps": tensors(entry(shape=[2**61, 8, 6]), bytes(48)),
    "larger": tensors(entry(shape=[7], data_offsets=[0, 56]), bytes(56)), "bfloat16": tensors(entry(dtype="BF16", shape=[24]), bytes(48)),
    "name": tensors({"\x1b[2J": entry()["C1.db"]}, bytes(48)), "other": b"\x93NUMPY" * 99,
}  # fmt: skip


def of_safetensors() -> Iterator[Hostile]:
    """Files of safetensors."""
    for name, data in TENSORS.items():
        yield Hostile(f"safetensors-{name}", alone("a.safetensors", data))
    for seed in range(20):
        data = spoilt(tensors(entry(), bytes(48)), seed)
        yield Hostile(f"safetensors-garbled-{seed}", alone("a.safetensors", data), None)


def matlab(found: Mapping[str, Any], **words: Any) -> bytes:
    """What scipy.io.savemat writes."""
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, dict(found), **words)
    return buffer.getvalue()


PREFACE = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01"


def element(body: bytes, claims: int | None = None, preface: bytes = b"IM") -> bytes:
    """A .mat of one compressed variable."""
    data = zlib.compress(body)
    length = len(data) if claims is None else claims
    return PREFACE + preface + struct.pack("<II", 15, length) + data


def matrix(rows: int, columns: int, kind: int, length: int, flags: int = 6) -> bytes:
    """A variable C1_db that says of itself what it is told to say."""
    body = struct.pack("<IIIIIIii", 6, 8, flags, 0, 5, 8, rows, columns)
    body += struct.pack("<II8s", 1, 5, b"C1_db") + struct.pack("<II", kind, length) + bytes(48)
    return struct.pack("<II", 14, len(body)) + body


MATLAB: dict[str, Callable[[], bytes]] = {
    "struct": lambda: matlab({"C1_db": {"x": 1.0}}), "cell": lambda: matlab({"C1_db": np.array([1, "x"], dtype=object)}),
    "char": lambda: matlab({"C1_db": "abc"}), "larger": lambda: matlab({"C1_db": np.zeros((1, 7))}, do_compression=True),
    "bomb": lambda: matlab({"C1_db": np.zeros(2**23)}, do_compression=True), "complex": lambda: matlab({"C1_db": SIX * 1j}),
    "hdf5": lambda: b"MATLAB 7.3".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(99), "empty": lambda: b"", "short": lambda: bytes(100),
    "zeros": lambda: bytes(4096), "claims": lambda: element(b"x" * 99, 2**32 - 1), "no-zip": lambda: PREFACE + b"IM" + struct.pack("<II", 15, 9) + b"notzipped",
    "inner-claims": lambda: element(struct.pack("<II", 14, 2**31) + bytes(200)), "inner-text": lambda: element(b"x" * 2**20),
    "right": lambda: element(matrix(1, 6, 9, 48)), "sizes": lambda: element(matrix(2**31 - 1, 2**31 - 1, 9, 48)), "data-kind": lambda: element(matrix(1, 6, 99, 48)),
    "data-claims": lambda: element(matrix(1, 6, 9, 2**32 - 1)), "data-short": lambda: element(matrix(1, 6, 9, 8)), "negative": lambda: element(matrix(-1, -6, 9, 48)),
    "object": lambda: element(matrix(1, 6, 9, 48, 3)), "opaque": lambda: element(matrix(1, 6, 9, 48, 17)), "class": lambda: element(matrix(1, 6, 9, 48, 99)),
    "complex-claims": lambda: element(matrix(1, 6, 9, 48, 6 | 0x800)), "plain-claims": lambda: PREFACE + b"IM" + matrix(1, 6, 9, 2**32 - 1),
    "many": lambda: PREFACE + b"IM" + struct.pack("<II", 14, 0) * 5000, "kind": lambda: PREFACE + b"IM" + struct.pack("<II", 9, 0),
    "order": lambda: element(b"x" * 99, preface=b"MI"), "old": lambda: struct.pack("<iiiii", 0, 2**31 - 1, 2**31 - 1, 0, 6) + b"C1_db\0",
    "sparse": lambda: matlab({"C1_db": __import__("scipy.sparse").sparse.csc_matrix(np.zeros((1, 6)))}),
}  # fmt: skip


def of_matlab() -> Iterator[Hostile]:
    """Files of MATLAB."""
    for name, make in MATLAB.items():
        yield Hostile(f"mat-{name}", alone("a.mat", make()))
    for packed in (False, True):
        data = matlab({"C1_db": SIX, "F7_db": np.ones(10)}, do_compression=packed)
        for seed in range(30):
            yield Hostile(f"mat-garbled-{packed}-{seed}", alone("a.mat", spoilt(data, seed)), None)
