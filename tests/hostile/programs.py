"""A program that does harm: ``python programs.py NAME inputs outputs``."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[Path, Path], Any]
TENSOR = "C1.db.bin"


def link(target: str, name: str = TENSOR) -> Work:
    """A link among the outputs."""
    return lambda i, o: (o / name).symlink_to(target)


def each_input(change: Callable[[Path], Any]) -> Work:
    """Do it to every input file."""
    return lambda i, o: [change(path) for path in i.iterdir()]


def piped(path: Path) -> None:
    """A pipe in its place."""
    path.unlink()
    os.mkfifo(path)


def nested(folder: Path) -> None:
    """Folders in folders."""
    os.chdir(folder)
    for _ in range(1100):
        Path("inner.npz").mkdir()
        os.chdir("inner.npz")


def several(folder: Path) -> None:
    """More files than a network has tensors."""
    for i in range(3000):
        (folder / f"{i}.npy").touch()


def sparse(path: Path) -> None:
    """Large and empty."""
    with path.open("wb") as file:
        file.truncate(2**30 - 1)


def replaced(folder: Path, target: str) -> None:
    """A link in place of a folder."""
    folder.rename(folder.with_name("away"))
    folder.symlink_to(target)


def daemon(i: Path, o: Path) -> None:
    """Goes on in another session, and writes there."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                with contextlib.suppress(OSError):
                    (o / f"{time.time()}.npy").write_bytes(b"x" * 9999)
                time.sleep(0.01)
        os._exit(0)


def fixed(i: Path, o: Path) -> None:
    """A file that not even root removes."""
    (o / "immutable").touch()
    subprocess.run(["chattr", "+i", o / "immutable"], check=False, capture_output=True)


PROGRAMS: dict[str, Work] = {
    "nothing": lambda i, o: None,
    "pipe": lambda i, o: os.mkfifo(o / TENSOR),
    "pipe_npz": lambda i, o: os.mkfifo(o / "x.npz"),
    "folder": lambda i, o: (o / TENSOR).mkdir(),
    "zero": link("/dev/zero"),
    "zero_npz": link("/dev/zero", "x.npz"),
    "passwd": link("/etc/passwd"),
    "inputs": link("../inputs/C1.b.bin"),
    "self": link(TENSOR),
    "loop": link(".", "x.npy"),
    "sparse": lambda i, o: sparse(o / "x.npz"),
    "many": lambda i, o: several(o),
    "nested": lambda i, o: nested(o),
    "named": lambda i, o: (o / os.fsdecode(b"\xff\n\x1b[2J=cmd().npy")).touch(),
    "shut": lambda i, o: o.chmod(0),
    "gone": lambda i, o: o.rmdir(),
    "file": lambda i, o: (o.rmdir(), o.touch()),
    "elsewhere": lambda i, o: replaced(o, "/etc"),
    "round": lambda i, o: replaced(o, "outputs"),
    "fixed": fixed,
    "inputs_piped": each_input(piped),
    "inputs_gone": each_input(Path.unlink),
    "inputs_sparse": each_input(sparse),
    "inputs_zero": each_input(lambda p: (p.unlink(), p.symlink_to("/dev/zero"))),
    "inputs_nested": lambda i, o: nested(i),
    "inputs_many": lambda i, o: several(i),
    "inputs_shut": lambda i, o: i.chmod(0),
    "inputs_elsewhere": lambda i, o: replaced(i, "/"),
    "daemon": daemon,
    "stopped": lambda i, o: os.kill(os.getpid(), signal.SIGSTOP),
    "sleeps": lambda i, o: time.sleep(600),
    "prints": lambda i, o: print("\x1b[2J\n" * 99_999),
    "words": lambda i, o: sys.exit("\x1b[2J=cmd()\u202e"),
    "bytes": lambda i, o: (os.write(2, b"\xff\xfe\x00\n"), os._exit(9)),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
