"""Files that hold no array, or one that nobody could have asked for."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.files import Malicious, npy

Arrays = Mapping[str, NDArray[Any]]
Make = Callable[[Path, Arrays], None]
"""Fills the empty folder of a submission, given what a right one holds."""


@dataclass(frozen=True)
class Hostile:
    """name: of the folder; passes: None where both verdicts are as good; alone: what the
    submission is without a golden folder of the operator's."""

    name: str
    make: Make
    passes: bool | None = False
    alone: bool = False


def beside(name: str, data: bytes) -> Make:
    """A right submission in which one file holds other bytes."""

    def make(place: Path, right: Arrays) -> None:
        tensor = name.rpartition(".")[0]
        np.savez(place / "answers.npz", **{k: v for k, v in right.items() if k != tensor})
        (place / name).write_bytes(data)

    return make


def whole(data: Callable[[Arrays], bytes]) -> Make:
    """An archive of these bytes."""
    return lambda place, right: void((place / "answers.npz").write_bytes(data(right)))


def void(_: Any) -> None:
    """A lambda that returns nothing."""


def saved(value: Any, pickles: bool = False) -> bytes:
    """One .npy."""
    buffer = io.BytesIO()
    np.save(buffer, value, allow_pickle=pickles)
    return buffer.getvalue()


def packed(right: Arrays) -> bytes:
    """A right .npz."""
    buffer = io.BytesIO()
    np.savez(buffer, **right)
    return buffer.getvalue()


def garbled() -> Iterator[Hostile]:
    """Bytes turned, cut off, put in, doubled."""
    for seed in range(60):
        yield Hostile(f"garbled-npz-{seed}", whole(lambda r, s=seed: spoilt(packed(r), s)), None)
    for seed in range(40):
        data = spoilt(saved(np.zeros(6)), seed)
        yield Hostile(f"garbled-npy-{seed}", beside("C1.db.npy", data), None)


def spoilt(data: bytes, seed: int) -> bytes:
    """A few changes; the directory at the end of an archive is hit as often as the rest."""
    rng = random.Random(seed)
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = (
            rng.randrange(len(out))
            if rng.random() < 0.5
            else max(0, len(out) - rng.randint(1, 400))
        )
        match rng.randrange(4):
            case 0:
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                out[at:] = b"" if rng.random() < 0.3 else out[at:]
            case 2:
                out[at:at] = rng.randbytes(rng.randint(1, 30))
            case 3:
                out[at : at + 4] = struct.pack("<I", rng.choice([0, 2**31, 2**32 - 1]))
        if not out:
            return bytes(out)
    return bytes(out)


DTYPES = (
    *("f2", "f4", ">f8", ">f4", "g", "F", "D", "G", "b", "B", "h", "H", "i", "I", "l", "L", "?"),
    *("U3", "S3", "S0", "V8", "V0", "M8[s]", "m8[s]", "M8", ">i2"),
)


def dtypes() -> Iterator[Hostile]:
    """Kinds of numbers, and what is none."""
    values = {name.replace(">", "big-"): np.zeros(6, name) for name in DTYPES}
    values |= {
        "record": np.zeros(6, [("a", "f8")]),
        "part": np.zeros(6, [("a", "f8", (2, 3)), ("=cmd()", "U9")]),
        "title": np.zeros(6, [(("\x1b[2J", "b"), "f8")]),
    }
    for name, value in values.items():
        yield Hostile(f"dtype-{name}", beside("C1.db.npy", saved(value)))
        yield Hostile(f"dtype-npz-{name}", whole(lambda r, v=value: packed({**r, "C1.db": v})))
    thing = np.array([Malicious(Path("canary"))], dtype=object)
    yield Hostile("dtype-object", beside("C1.db.npy", saved(thing, True)))


def values() -> Iterator[Hostile]:
    """Numbers that are none of a gradient."""
    for value in (np.nan, np.inf, -np.inf, 1e308, 5e-324, -0.0, 1e-30, 2.0**1000):
        yield Hostile(f"value-{value}", beside("C1.db.npy", saved(np.full(6, value))))
    for shape in ((), (0,), (6, 1), (1, 6), (7,), (2, 3), (1,) * 32, (0, 2**40), (6, 0)):
        data = saved(np.zeros(shape))
        yield Hostile(f"shape-{len(shape)}-{shape[:2]}", beside("C1.db.npy", data), None)


HEADERS = {
    "negative": "(-1,)", "huge": "(10000000000000,)", "wide": "(2,)" + "*9", "text": "'x'",
    "call": "__import__('os').system('touch canary')", "open": "(6", "nested": "(" * 3000 + ")" * 3000,
    "true": "(True,)", "float": "(6.0,)", "long": "(6L,)", "many": "(" + "1," * 3000 + ")",
    "none": "None", "set": "{6}", "bytes": "(b'6',)", "big": "(" + "9" * 4000 + ",)", "escape": "('\\x1b',)",
    "digits": "(" + "9" * 5000 + ",)", "power": "(9**9**9,)",
}  # fmt: skip


def headers() -> Iterator[Hostile]:
    """The line of Python that NumPy reads first."""
    for name, shape in HEADERS.items():
        yield Hostile(f"header-{name}", beside("C1.db.npy", npy(shape, data=bytes(48))))
    plain = saved(np.zeros(6))
    for version in (0, 2, 3, 4, 255):
        data = plain[:6] + bytes([version]) + plain[7:]
        yield Hostile(f"version-{version}", beside("C1.db.npy", data))
    long = plain[:6] + b"\x02\x00" + struct.pack("<I", 2**32 - 1) + plain[10:]
    yield Hostile("header-4GiB", beside("C1.db.npy", long))
    for number, text in enumerate((b"", b"\x93NUMPY", b"\x00" * 80, b"PK\x03\x04", b"[[[" * 9999)):
        yield Hostile(f"no-npy-{number}", beside("C1.db.npy", text))
        yield Hostile(f"no-bin-{number}", beside("C1.db.bin", text))
        yield Hostile(f"no-npz-{number}", whole(lambda r, t=text: t))


def archive(
    members: list[tuple[str, bytes]], how: int = zipfile.ZIP_STORED, right: Arrays | None = None
) -> bytes:
    """Any members, names twice if need be."""
    buffer = io.BytesIO(packed(right) if right else b"")
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a", how) as file:
        warnings.simplefilter("ignore")  # about a name that comes twice
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name) if not how else name, data)
    return buffer.getvalue()


NAMES = ("../../C1.db.npy", "/etc/C1.db.npy", "C1.db", "", ".npy", "\n.npy", "=cmd().npy", "\x1b[2J.npy",
         "\u202eyp.npy", "C1.db.npy/", "C1.db.NPY", "x" * 60000 + ".npy", "C1\\db.npy", "C1.db\x00.npy",
         "\u00c5.npy", "images.npy", "manifest.json")  # fmt: skip


def archives() -> Iterator[Hostile]:
    """Archives that unpack to more than they are, or have no order."""
    zeros = saved(np.zeros(2**21))
    for how in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        data = archive([("C1.db.npy", zeros)], how)
        yield Hostile(f"bomb-{how}", whole(lambda r, d=data: d))
    for number, name in enumerate(NAMES):
        make = whole(lambda r, n=name: archive([(n, saved(np.zeros(6)))], right=r))
        yield Hostile(f"member-{number}", make, None)
    twice = [("C1.db.npy", saved(np.zeros(6)))]
    yield Hostile("member-twice", whole(lambda r: archive(twice, right=r)))
    many = [(f"{i}.npy", b"") for i in range(2000)]
    yield Hostile("members-2000", whole(lambda r: archive(many)))
    yield Hostile("zip-in-zip", whole(lambda r: archive([("answers.npz", packed(r))])))
    yield Hostile("prefixed", whole(lambda r: b"#!/bin/sh\n" * 99 + packed(r)), None)
    yield Hostile("commented", whole(lambda r: packed(r)[:-2] + b"\x05\x00PK\x05\x06\x00"), None)
    for offset, what in (
        (6, "flags"),
        (8, "packing"),
        (14, "checksum"),
        (18, "size"),
        (22, "length"),
    ):
        yield Hostile(f"lies-{what}", whole(lambda r, o=offset: lied(packed(r), o)), None)


def lied(data: bytes, offset: int) -> bytes:
    """One field of every entry, in both of its places."""
    out = bytearray(data)
    for mark, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        at = out.find(mark)
        while at >= 0:
            out[at + offset + shift] ^= 0x61
            at = out.find(mark, at + 4)
    return bytes(out)
