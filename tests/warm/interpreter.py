"""In a forked child: what an interpreter sets up at its start, and its three ways to be told what
to run."""

from __future__ import annotations

import builtins
import importlib
import os
import resource
import runpy
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Request:
    """words: behind ``python``; fds: for standard input, output and error; session: a new one;
    limits: of resources, by number; executable: what ``sys.executable`` is, if not ours."""

    words: list[str]
    cwd: str
    env: dict[str, str]
    session: bool
    limits: dict[str, list[int]]
    executable: str
    fds: tuple[int, ...]


def run(asked: Request) -> None:
    """As ``python`` with these words does, exceptions and exits included."""
    words, options = [*asked.words], set()
    while words[0] in ("-u", "-P"):
        options.add(words.pop(0))
    begin(asked, unbuffered="-u" in options)
    if words[0] == "-m":
        beside("-P" not in options and str(Path.cwd()))
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        beside("-P" not in options and "")
        sys.argv = ["-c", *words[2:]]
        execute(words[1], "<string>")
    else:
        beside("-P" not in options and str(Path(words[0]).resolve().parent))
        sys.argv = words
        path = Path.cwd() / words[0]
        execute(path.read_bytes(), str(path), __file__=str(path))


def beside(place: str | bool) -> None:
    """The first of the places where modules are found; False: there is none but the others."""
    sys.path[:1] = [] if place is False else [str(place)]


def execute(source: str | bytes, name: str, **known: str) -> None:
    """In a new ``__main__``."""
    module = sys.modules["__main__"] = ModuleType("__main__")
    module.__dict__.update(known, __builtins__=builtins)
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)


def begin(asked: Request, unbuffered: bool) -> None:
    """Signals, session, limits, streams, folder, environment, path, random numbers."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if asked.session:
        os.setsid()
    for number, (soft, hard) in asked.limits.items():
        resource.setrlimit(int(number), (soft, hard))
    for number, fd in enumerate(asked.fds):
        os.dup2(fd, number)
        os.close(fd)
    streams(unbuffered)
    os.chdir(asked.cwd)
    before = entries()
    os.environ.clear()
    os.environ.update(asked.env)
    first, rest = sys.path[:1], sys.path[1 + len(before) :]
    # what stands there already is not added by an installation that leads to a checkout
    sys.path[:] = [*first, *entries(), *(each for each in rest if each not in entries())]
    sys.dont_write_bytecode = bool(asked.env.get("PYTHONDONTWRITEBYTECODE"))
    importlib.invalidate_caches()
    del sys.modules[__name__]
    sys.executable = asked.executable or sys.executable
    sys.orig_argv = [sys.executable, *asked.words]
    np.random.seed()  # else that of every child is the same


def entries() -> list[str]:
    """Those of PYTHONPATH, as they stand in ``sys.path``."""
    found = os.environ.get("PYTHONPATH", "")
    return [*dict.fromkeys(map(os.path.abspath, found.split(os.pathsep)))] if found else []


def streams(unbuffered: bool) -> None:
    """Line by line at a terminal, and standard error everywhere."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        like: Any = getattr(sys, name)
        lines = fd == 2 or (fd == 1 and os.isatty(fd))
        found = open(fd, "w" if fd else "r", 1 if lines else -1, like.encoding, like.errors,  # noqa: SIM115
                     closefd=False)  # fmt: skip
        if fd and unbuffered:
            found.reconfigure(write_through=True)
        setattr(sys, name, found)
        setattr(sys, f"__{name}__", found)
