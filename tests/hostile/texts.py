"""Texts that hold no numbers, and archives of files that lead somewhere else."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.arrays import Arrays, Hostile, archive, beside, saved, spoilt
from tests.hostile.formats import SIX, alone

TEXTS = {
    "words": b"one two", "empty": b"", "binary": bytes(range(256)), "python": b"__import__('os').system('touch canary')",
    "many": b"0 " * 10**5, "digits": b"1" * 9999, "exponent": b"1e99999", "power": b"1e9999 1e-9999", "nan": b"nan nan nan nan nan nan",
    "comment": b"#" * 9999, "comma": b",,,,,,", "both": b"1,2;3,4", "bell": b"\x1b[2J 1", "nul": b"0 0 0\x000 0 0", "lines": b"\n" * 70000,
    "wide": " ".join("\u0661" * 6).encode(), "under": b"1_0 0 0 0 0 0", "formula": b"=cmd() 0", "utf16": "0 0 0".encode("utf-16"),
}  # fmt: skip
WORDS = {
    "address": b"@zz 0", "gap": b"@0 0 @9 0", "back": b"0000000000000000 @0", "far": b"@" + b"f" * 99, "short": b"00ff 00fe", "mixed": b"00 000",
    "unknown": b"000000000000000x", "sign": b"-000000000000001", "comment": b"/* " + b"x" * 999, "binary": b"0101010101010101 " * 6,
    "many": b"0000000000000000 " * 99, "empty": b"", "bytes": bytes(range(200, 256)), "single": b"3f800000 " * 6, "prefix": b"0x3ff00000000000",
}  # fmt: skip


def texts() -> Iterator[Hostile]:
    """Texts in place of one array."""
    for name, data in TEXTS.items():
        for suffix in ("txt", "csv", "dat"):
            yield Hostile(f"{suffix}-{name}", beside(f"C1.db.{suffix}", data))
    for name, data in WORDS.items():
        yield Hostile(f"mem-{name}", beside("C1.db.mem", data))


def zipped(right: Arrays, change: Callable[[zipfile.ZipFile], object], folder: str = "") -> bytes:
    """Right files in an archive, and what is done to it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, value in right.items():
            file.writestr(f"{folder}{name}.npy", saved(value))
        change(file)
    return buffer.getvalue()


def special(mode: int) -> zipfile.ZipInfo:
    """An entry that is no file."""
    info = zipfile.ZipInfo("C1.W.npy")
    info.external_attr = mode << 16
    return info


ZIPS: dict[str, Callable[[zipfile.ZipFile], object]] = {
    "above": lambda z: z.writestr("../x.npy", b""), "absolute": lambda z: z.writestr("/x.npy", b""), "drive": lambda z: z.writestr("C:x.npy", b""),
    "back": lambda z: z.writestr("a\\..\\x.npy", b""), "link": lambda z: z.writestr(special(stat.S_IFLNK | 0o777), b"/etc/passwd"),
    "zip-name": lambda z: z.writestr("x/../../C1.W.npy", b""), "bomb": lambda z: z.writestr("C1.W.npy", bytes(2**26), zipfile.ZIP_DEFLATED),
    "lzma": lambda z: z.writestr("C1.W.npy", saved(SIX), zipfile.ZIP_LZMA), "many": lambda z: [z.writestr(f"{i}.npy", b"") for i in range(1500)],
    "container": lambda z: z.writestr("b.npz", archive([("C1.W.npy", bytes(2**26))], zipfile.ZIP_DEFLATED)), "unknown": lambda z: z.writestr("x.npy", saved(SIX)),
    "pickle": lambda z: z.writestr("C1.W.pt", b"\x80\x04N."), "text": lambda z: z.writestr("C1.W.txt", b"x"),
}  # fmt: skip


def zips() -> Iterator[Hostile]:
    """Archives of files."""
    for name, change in ZIPS.items():
        yield Hostile(f"zip-{name}", alone("a.zip", partial(zipped, change=change)))
    inner = partial(zipped, change=lambda z: None)
    yield Hostile("zip-twice", alone("a.zip", lambda r: archive([("C1.db.npy", saved(SIX))] * 2)))
    yield Hostile("zip-of-zip", alone("a.zip", lambda r: archive([("b.zip", inner(r))])))
    yield Hostile("zip-deep", alone("a.zip", partial(zipped, change=lambda z: None, folder="a/b/")))
    yield Hostile("zip-empty", alone("a.zip", archive([])))
    for seed in range(30):
        yield Hostile(
            f"zip-garbled-{seed}", alone("a.zip", lambda r, s=seed: spoilt(inner(r), s)), None
        )
