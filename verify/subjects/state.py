"""What a call leaves changed: part of the subject's process, like ``watch``.

Functions of NumPy and Python that were replaced, results that change after they were returned,
settings of the process, threads that go on.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

HARMLESS = ("print", "input", "help", "breakpoint", "exit", "quit")
"""Functions that people replace to be quiet, and that nothing is computed by."""
MODULES = ("builtins", "os", "json", "hashlib", "zipfile", "__main__")
FUTEX = {"x86_64": "202", "aarch64": "98"}
"""The system call of who waits for a lock."""
GRACE, SAMPLE, BUSY = 0.05, 0.02, 2_000_000
"""Seconds in which threads may end, between two looks at them; nanoseconds of work in between."""
LARGE = 2**18
"""Bytes of an array that is remembered: what is held is memory that the next call cannot use."""
_contiguous = np.ascontiguousarray

Functions = list[tuple[str, dict[str, Any], str, Any]]
Kept = dict[str, tuple[NDArray[Any], int]]


def functions() -> Functions:
    """Every function of NumPy, of the modules that the harness uses here, and of its own part."""
    chosen = [n for n in sys.modules if n in MODULES or n.startswith(("numpy", "lenet_verify_"))]
    return [
        (module, vars(sys.modules[module]), name, value)
        for module in sorted(chosen)
        for name, value in vars(sys.modules[module]).items()
        if callable(value) and not isinstance(value, type) and name not in HARMLESS
    ]


def replaced(before: Functions, whose: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """(name, package) of what is another function now; no package: the subject's own doing.  One
    of NumPy's in place of another is an old name for it, and no trick."""
    others = [one for one in before if one[1].get(one[2], one[3]) is not one[3]]
    numpys = {id(value) for module, _, _, value in before if others and module.startswith("numpy")}
    for module, place, name, _ in others:
        if id(now := place[name]) not in numpys:
            code = getattr(now, "__code__", None)
            package = "own" if code is None else whose(code.co_filename)
            yield f"{module}.{name}", "" if package == "own" else package


def mark(array: NDArray[Any]) -> int:
    """A quick digest.  (Sums do not do: two signs that turn cancel.)"""
    return crc32(_contiguous(array).reshape(-1).view(np.uint8).data)


class Results:
    """The arrays of the first answer and of the last, as they were when they were taken.

    reused: names of those that a later call has changed.
    """

    def __init__(self) -> None:
        self._answers: list[Kept] = []
        self.reused: list[str] = []

    def keep(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Those of this answer, by name; which of the earlier ones this call has changed."""
        self.reused += self.changed()
        small = {name: array for name, array in arrays.items() if array.nbytes <= LARGE}
        taken = {name: (array, mark(array)) for name, array in small.items()}
        self._answers = [*self._answers[:1], taken]

    def changed(self) -> list[str]:
        """Names of those that are no longer what they were when this was asked last."""
        found = []
        for answer in self._answers:
            for name, (array, was) in answer.items():
                if (now := mark(array)) != was:
                    answer[name] = (array, now)
                    found.append(name)
        return found


def settings() -> dict[str, Any]:
    """What a process has one of, and who changes it in a call changes it for the next."""
    found: dict[str, Any] = {
        "environment variables": dict(os.environ),
        "NumPy's error state": np.geterr(),
        "NumPy's random state": _drawn(),
        "Python's random state": random.getstate(),
    }
    with suppress(OSError):
        found["the working directory"] = Path.cwd()
    return found


def _drawn() -> tuple[Any, ...]:
    kind, key, *rest = np.random.get_state()
    return (kind, np.asarray(key).tobytes(), *rest)


def going_on(line: Callable[[Any], str | None], whose: Callable[[str], str]) -> Iterator[str]:
    """Threads that go on by themselves, and do not wait to be given work."""
    end = time.monotonic() + GRACE
    while len(others := _others()) and time.monotonic() < end:
        time.sleep(0.005)
    worked = {each.native_id: _worked(each.native_id) for each in others}
    if others:
        time.sleep(SAMPLE)
    frames = sys._current_frames()
    for each in others:
        frame = frames.get(each.ident or 0)
        if frame is None or whose(frame.f_code.co_filename) != "own":
            continue
        if _worked(each.native_id) - worked[each.native_id] > BUSY or not _waits(each.native_id):
            yield f"{each.name} at {line(frame)}"


def _others() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t is not threading.main_thread()]


def _task(number: int | None, name: str) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/self/task/{number}/{name}").read_text().split()
    return []


def _worked(number: int | None) -> int:
    """Nanoseconds of processor time."""
    return int((_task(number, "schedstat") or ["0"])[0])


def _waits(number: int | None) -> bool:
    """For a lock; where the system does not say, nobody is accused."""
    call = _task(number, "syscall")[:1]
    return not call or os.uname().machine not in FUTEX or call == [FUTEX[os.uname().machine]]
