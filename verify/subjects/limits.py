"""What holds for any process that is not ours: limits, captured output, how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from verify.subjects.leftovers import GRACE, ended

__all__ = ["ENDED", "KILLED", "LARGEST_FILE", "LATE", "MEBIBYTE", "SESSIONS", "SILENT",
           "UNLIMITED", "Drain", "Limits", "Noise", "end", "ending", "first_line", "last_line",
           "limiter", "printable", "printed", "strays"]  # fmt: skip
MEBIBYTE = 2**20
LARGEST_FILE = 2**30
"""Bytes a subject may write to one file."""
LATE = "(--seconds)"
"""In what is said of a call that took too long."""
ENDED = "the process "
"""How what is said of a call begins that ended its own process."""
KILLED = -9
"""How a process ends that is ended."""
SESSIONS = hasattr(os, "killpg")
"""Processes stand in sessions, and inherit what is open: on every system but Windows."""
UNLIMITED = "this system has no limits of memory and of files: only time was limited"


@dataclass(frozen=True)
class Limits:
    """Of one call: seconds, and MiB of address space."""

    seconds: float = 60.0
    memory: int = 4096


def limiter(memory: int) -> Callable[[], None] | None:
    """What the process does before it becomes the subject: limit its memory (MiB of address
    space), its files, and write no core dump.  None where the system has no such limits."""
    try:
        import resource
    except ImportError:
        return None

    def limit() -> None:
        for what, most in (
            (resource.RLIMIT_AS, memory * MEBIBYTE),
            (resource.RLIMIT_FSIZE, LARGEST_FILE),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(what)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))  # both: it may not lift them again

    return limit


class Drain(threading.Thread):
    """Reads a stream to its end, so that no subject waits for a reader; keeps the amount, the
    beginning and the end."""

    KEPT = 4096

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.stream, self.amount, self.head, self.tail = stream, 0, b"", b""
        self.start()

    def run(self) -> None:
        """Until the last writer closes its end."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self.stream.fileno(), 2**16):
                self.amount += len(chunk)
                self.head = (self.head + chunk[: self.KEPT])[: self.KEPT]
                self.tail = (self.tail + chunk)[-self.KEPT :]

    def finish(self) -> None:
        """Wait for what is still in the pipe; a stray grandchild may hold it open for ever."""
        self.join(timeout=1.0)
        if not self.is_alive():
            self.stream.close()


def printable(raw: bytes) -> str:
    """Text safe for a terminal, on one line."""
    text = raw.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


def last_line(raw: bytes) -> str:
    """The last line that is not empty, shortened."""
    lines = [line for line in raw.splitlines() if line.strip()]
    return printable(lines[-1])[:200] if lines else ""


def first_line(raw: bytes) -> str:
    """The first line that is not empty, shortened."""
    lines = [line for line in raw.splitlines() if line.strip()]
    return printable(lines[0])[:60] if lines else ""


@dataclass(frozen=True)
class Noise:
    """What a process printed: bytes to standard output and error, and how it begins; files that
    it left behind, and how many processes."""

    out: int
    err: int
    first: str
    left: str = ""
    processes: int = 0

    def __add__(self, other: Noise) -> Noise:
        left = "; ".join(dict.fromkeys(text for text in (self.left, other.left) if text))
        first, processes = self.first or other.first, self.processes + other.processes
        return Noise(self.out + other.out, self.err + other.err, first, left, processes)

    @property
    def heard(self) -> bool:
        """There is something to mention."""
        return bool(self.out or self.err or self.left)

    def __str__(self) -> str:
        begins = f", beginning {self.first!r}" if self.first else ""
        said = f"{self.out:,} bytes to standard output, {self.err:,} to standard error{begins}"
        return f"{said}; {self.left}" if self.left else said


SILENT = Noise(0, 0, "")


def printed(out: Drain, err: Drain) -> Noise:
    """What two drained streams held."""
    return Noise(out.amount, err.amount, first_line(out.head) or first_line(err.head))


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    hints = {
        "SIGSEGV": "a segmentation fault: memory it does not own",
        "SIGABRT": "aborted: often a failed allocation or assertion",
        "SIGFPE": "an integer division by zero",
        "SIGKILL": "killed from outside: often for want of memory",
        "SIGXFSZ": f"wrote a file larger than {LARGEST_FILE // MEBIBYTE} MiB",
    }
    return f"was ended by {name}" + (f" ({hints[name]})" if name in hints else "")


def end(process: subprocess.Popen[bytes]) -> int:
    """End a process with everything it started in its session; its status."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if SESSIONS:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    try:
        return process.wait(timeout=5.0)
    except subprocess.TimeoutExpired:  # it waits in the kernel, for a device or a server
        return KILLED


def strays(mark: str, grace: float = GRACE) -> Noise:
    """End what goes on after the process itself, in whatever session; how many there were."""
    return Noise(0, 0, "", "", ended(mark, grace))
