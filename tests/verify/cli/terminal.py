"""A command as a person sees it: at a terminal of so many columns, and what stays on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.derivation import ROOT
from tests.warm import ran, started

ESCAPE = re.compile(r"\033\[[\d;]*[A-Za-z]")


@dataclass(frozen=True)
class Seen:
    """What a terminal received, and how the command ended."""

    raw: str
    status: int

    @property
    def lines(self) -> list[str]:
        """What stays: what was written over is gone, and so is colour."""
        rows = self.raw.replace("\r\n", "\n").split("\n")
        return [ESCAPE.sub("", row.rpartition("\r")[2]) for row in rows]

    @property
    def passing(self) -> list[str]:
        """What was written over."""
        return [ESCAPE.sub("", each) for each in self.raw.split("\r") if each.startswith("\033[K")]


def environment(**others: str) -> dict[str, str]:
    """Ours, with this checkout's code and a terminal that can do colour."""
    unset = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "WT_SESSION")
    found = {k: v for k, v in os.environ.items() if k not in unset}
    return {**found, "PYTHONPATH": str(ROOT), "TERM": "xterm", **others}


def seen(
    words: Sequence[str], where: Path, columns: int = 80, others: Mapping[str, str] | None = None,
    new: bool = False,
) -> Seen:  # fmt: skip
    """Run a command at a terminal, in a folder; new: by an interpreter that has to load all."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = started(["-m", "verify", *words], where, environment(**(others or {})),
                      fds=(slave, slave, slave), session=True, new=new)  # fmt: skip
    os.close(slave)
    found = b""
    try:
        while chunk := os.read(master, 2**16):
            found += chunk
    except OSError:  # the last writer has closed its end
        pass
    os.close(master)
    return Seen(found.decode(), process.wait(timeout=60))


def piped(words: Sequence[str], where: Path, **others: str) -> subprocess.CompletedProcess[str]:
    """The same into a pipe."""
    return ran(["-m", "verify", *words], where, environment(**others))
