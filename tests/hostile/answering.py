"""Replies over the pipe and files of results that are not what they should be."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import contextlib
import os
import socket
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.family import Values, family
from tests.hostile.saying import UnsayableError


def pipes() -> list[int]:
    """Open file descriptors but the standard ones."""
    return [n for n in range(3, 64) if os.path.exists(f"/proc/self/fd/{n}")]  # noqa: PTH110


REPLIES = {
    "garbage": b"\x00\xff\n", "open": b"{", "deep": b"[" * 200_000 + b"\n", "deep_map": b'{"a":' * 200_000 + b"\n",
    "long": b"x" * 2**21, "list": b"[1]\n", "two": b"{}\n{}\n{}\n", "digits": b'{"names": ' + b"1" * 9999 + b"}\n",
    "failed": b'{"failed": "\\u001b[2J\\n\\udcff"}\n', "failed_deep": b'{"failed": ' + b"[" * 900 + b"]" * 900 + b"}\n",
    "absent": b'{"absent": "=cmd()\\n"}\n', "names": b'{"names": {"a": 1}, "wrong": [], "changed": 3}\n',
    "many": b'{"names": [' + b'"a",' * 90_000 + b'"a"], "wrong": {}, "changed": [], "plain": [], "notes": {}}\n', "null": b"null\n",
    "wrong": b'{"names": [], "wrong": {"\\udcff": "\\udcff\\n"}, "changed": ["\\u0000"], "plain": ["\\u0000"], "notes": {"\\udcff": "\\n"}}\n',
}  # fmt: skip


@family(REPLIES)
def replies(data: bytes, *_: Any) -> Values:
    """Speaks in place of the process it lives in."""
    for number in pipes():
        with contextlib.suppress(OSError):
            os.set_blocking(number, False)
            os.write(number, data)
    return {}


@family({"all": range(64), "pipes": range(3, 64), "out": range(1, 3)})
def closes(numbers: range, *_: Any) -> Values:
    for number in numbers:
        with contextlib.suppress(OSError):
            os.close(number)
    return {"C1.db": np.zeros(6)}


def bomb(path: str, how: int) -> None:
    """A member that is much more than it is."""
    with zipfile.ZipFile(path, "w", how) as file, file.open("0.npy", "w") as member:
        np.lib.format.write_array(member, np.zeros(2**24))


def members(path: str, names: list[str]) -> None:
    """An archive of these names."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as file:
        warnings.simplefilter("ignore")
        for name in names:
            with file.open(name, "w") as member:
                np.lib.format.write_array(member, np.zeros(6))


def sparse(path: str) -> None:
    """As large as a file may be, and empty."""
    with Path(path).open("wb") as file:
        file.truncate(2**30 - 1)


def bound(path: str) -> None:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)


def pickled(path: str) -> None:
    """Objects."""
    np.savez_compressed(path, **{"0": np.array([UnsayableError] * 3, dtype=object)})  # type: ignore[arg-type]


OUTPUTS: dict[str, Callable[[str], Any]] = {
    "pipe": os.mkfifo, "socket": bound, "folder": os.mkdir, "sparse": sparse, "pickled": pickled, "missing": lambda p: None,
    "zero": lambda p: Path(p).symlink_to("/dev/zero"), "passwd": lambda p: Path(p).symlink_to("/etc/passwd"),
    "self": lambda p: Path(p).symlink_to(p), "nowhere": lambda p: Path(p).symlink_to("nowhere"),
    "deflated": lambda p: bomb(p, zipfile.ZIP_DEFLATED), "bzip2": lambda p: bomb(p, zipfile.ZIP_BZIP2),
    "lzma": lambda p: bomb(p, zipfile.ZIP_LZMA), "empty": lambda p: Path(p).touch(),
    "garbage": lambda p: Path(p).write_bytes(os.urandom(9999)), "twice": lambda p: members(p, ["0.npy", "0.npy"]),
    "others": lambda p: members(p, ["1.npy"]), "many": lambda p: members(p, [f"{i}.npy" for i in range(3000)]),
    "texts": lambda p: np.savez(p, **{"0": np.array(["\udcff"] * 6)}), "shut": lambda p: Path(p).touch(0),
}  # fmt: skip


@family(OUTPUTS)
def outputs(write: Callable[[str], Any], parameters: Values, *_: Any) -> Values:
    """What is handed back is not what was stored."""
    np.savez = lambda path, **arrays: write(path)
    return {"C1.db": np.zeros(6)}
