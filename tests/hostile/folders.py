"""The folder a call was given, and the file its crash is looked up in."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.answering import sparse
from tests.hostile.family import Values, family


def given() -> Path:
    """The file that the arguments came from."""
    frame: Any = sys._getframe()
    while frame is not None and "inputs" not in frame.f_locals:
        frame = frame.f_back
    return Path(frame.f_locals["inputs"])


def gone(folder: Path) -> None:
    """Remove a folder that stands in nobody's way."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def nested(folder: Path) -> None:
    """Folders in folders."""
    os.chdir(folder)
    for _ in range(1100):
        Path("inner").mkdir()
        os.chdir("inner")


def several(folder: Path) -> None:
    """Many small files."""
    for i in range(4000):
        (folder / f"{i}\x1b").touch()


def fixed(folder: Path) -> None:
    """A file that not even root removes; it stays until somebody lifts the flag."""
    (folder / "immutable").touch()
    subprocess.run(["chattr", "+i", folder / "immutable"], check=False, capture_output=True)


def replaced(folder: Path) -> None:
    """A link in place of the folder."""
    gone(folder)
    folder.symlink_to("/etc")


def turned(folder: Path) -> None:
    """A folder in place of a file."""
    (folder / "inputs.npz").unlink()
    (folder / "inputs.npz").mkdir()


def piped(folder: Path) -> None:
    """Pipes under every name."""
    (folder / "inputs.npz").unlink()
    os.mkfifo(folder / "inputs.npz")
    os.mkfifo(folder / "outputs.npz.tmp")


FOLDERS: dict[str, Callable[[Path], Any]] = {
    "gone": gone, "nested": nested, "several": several, "fixed": fixed, "replaced": replaced, "turned": turned,
    "piped": piped, "shut": lambda f: f.chmod(0), "named": lambda f: (f / os.fsdecode(b"\xff\n=cmd()")).mkdir(),
    "loop": lambda f: (f / "loop").symlink_to("."), "file": lambda f: (gone(f), f.touch()),
}  # fmt: skip


@family(FOLDERS)
def spoils(change: Callable[[Path], Any], parameters: Values, *_: Any) -> Values:
    """The folder of its arguments."""
    change(given().parent)
    return {"C1.db": np.zeros(6)}


STACKS: dict[str, Callable[[Path], Any]] = {
    "pipe": lambda p: os.mkfifo(p), "zero": lambda p: p.symlink_to("/dev/zero"), "folder": lambda p: p.mkdir(),
    "sparse": lambda p: sparse(str(p)), "forged": lambda p: p.write_text('File "\x1b[2J=cmd()", line 1 in \u202e\n'),
    "long": lambda p: p.write_text('File "' + "x" * 99_999 + '", line 1 in y\n'), "loop": lambda p: p.symlink_to(p.name),
}  # fmt: skip


@family(STACKS)
def stacks(put: Callable[[Path], Any], *_: Any) -> Values:
    """The file in which the place of a crash is looked up."""
    path = Path(sys.argv[4])
    path.unlink(missing_ok=True)
    put(path)
    os._exit(7)
