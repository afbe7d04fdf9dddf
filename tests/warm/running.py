"""The server of this process, and children of it that run."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.warm.asking import Asked

SERVER, ASKING = (Path(__file__).with_name(f"{name}.py") for name in ("server", "asking"))
FIRST = dict(os.environ)
"""The environment before any test."""


@dataclass(frozen=True)
class Server:
    """path: where it listens; python: a command for shells, that is ``python`` by a child of it."""

    path: str
    python: str


@cache
def server() -> Server:
    """That of this process, started when it is first asked for."""
    folder = tempfile.mkdtemp(prefix="warm-")
    path, python = f"{folder}/socket", Path(folder, "python")
    words = [sys.executable, "-I", "-S", str(ASKING), path]
    python.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    python.chmod(0o700)
    process = subprocess.Popen([sys.executable, SERVER, path], stdin=subprocess.PIPE, env=FIRST,
                               stdout=subprocess.PIPE, start_new_session=True)  # fmt: skip

    def end() -> None:
        process.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    ready = process.stdout.readline() if process.stdout else b""
    if ready != b"ready\n":
        raise RuntimeError(f"{SERVER} did not start")
    return Server(path, str(python))


class Running:
    """A forked child: of :class:`subprocess.Popen` what tests use."""

    def __init__(self, words: Sequence[str], fds: Sequence[int], **others: Any) -> None:
        self.args = words
        self.returncode: int | None = None
        self._asked = Asked(server().path, words, fds, **others)
        self.pid = self._asked.pid

    def poll(self) -> int | None:
        """How it ended; None if it has not."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has.

        Raises:
            TimeoutExpired: it has not, in time.
        """
        if (found := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return found

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self.returncode = self._asked.number(seconds)
            if self.returncode is not None:
                self._asked.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """To the process, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """By SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """By SIGKILL."""
        self.send_signal(signal.SIGKILL)
