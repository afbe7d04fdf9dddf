"""Signals, daemons, threads, and more than there is of every resource."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.answering import pipes
from tests.hostile.family import Values, family
from tests.hostile.folders import given

SIGNALS = (
    "SEGV",
    "ABRT",
    "KILL",
    "TERM",
    "STOP",
    "BUS",
    "FPE",
    "XFSZ",
    "USR1",
    "ALRM",
    "PIPE",
    "HUP",
)


@family({name: getattr(signal, f"SIG{name}") for name in SIGNALS})
def dies(number: int, *_: Any) -> Values:
    os.kill(os.getpid(), number)
    time.sleep(60)
    return {}


def daemon(work: Callable[[], Any]) -> None:
    """Go on in another session, twice forked."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with contextlib.suppress(BaseException):
                work()
        os._exit(0)


def busy() -> None:
    """Write for as long as somebody reads."""
    while True:
        os.write(1, b"x" * 9999)
        time.sleep(0.01)


def both() -> Values:
    """One call, two answers."""
    os.fork()
    return {"C1.db": np.zeros(6)}


def threads() -> Values:
    """They never end."""
    for _ in range(50):
        threading.Thread(target=time.sleep, args=(600,)).start()
    return {"C1.db": np.zeros(6)}


def closed_daemon() -> None:
    """Holds no pipe."""
    for number in (0, 1, 2, *pipes()):
        with contextlib.suppress(OSError):
            os.close(number)
    time.sleep(600)


PROCESSES: dict[str, Callable[[], Any]] = {
    "daemon": lambda: daemon(lambda: time.sleep(600)), "daemon_busy": lambda: daemon(busy),
    "daemon_closed": lambda: daemon(closed_daemon), "two": both, "threads": threads, "leaves": lambda: os._exit(0),
    "status": lambda: os._exit(255), "child": lambda: os.fork() or time.sleep(600),
    "other": lambda: os.execv("/bin/true", ["true"]), "waits": lambda: os.execv("/bin/sleep", ["sleep", "600"]),
    "shell": lambda: subprocess.Popen(["sh", "-c", "trap '' TERM INT HUP; sleep 600"], start_new_session=True) and {},
    "null": lambda: ctypes.string_at(0), "wild": lambda: ctypes.memset(12345, 0, 99),
}  # fmt: skip


@family(PROCESSES)
def lives(work: Callable[[], Any], *_: Any) -> Any:
    return work()


def filled() -> Values:
    """More than one file may hold."""
    with Path(given().parent / "big").open("wb") as file:
        file.truncate(2**31)
    return {}


def descriptors() -> Values:
    """All that may be open."""
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(10**6)]
    return {"x": held}


RESOURCES: dict[str, Callable[[], Any]] = {
    "memory": lambda: [np.ones(2**22) for _ in range(10_000)], "file": filled, "descriptors": descriptors,
    "recursion": lambda: json.dumps(repeated(100_000)), "limit": lambda: sys.setrecursionlimit(10**9) or returns_deep(),
    "sleep": lambda: time.sleep(600), "lock": lambda: threading.Lock().acquire() and threading.Lock().acquire() and hang(),
    "input": lambda: os.read(os.pipe()[0], 1), "deaf": lambda: (signal.signal(signal.SIGUSR1, signal.SIG_IGN), hang()),
    "at_exit": lambda: __import__("atexit").register(time.sleep, 600) and {},
}  # fmt: skip


def hang() -> None:
    """For ever."""
    while True:
        time.sleep(0.1)


def returns_deep() -> Any:
    """Until the stack ends."""
    return returns_deep()


def repeated(depth: int) -> list[Any]:
    """Lists in lists."""
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@family(RESOURCES)
def takes(work: Callable[[], Any], *_: Any) -> Any:
    return work()
