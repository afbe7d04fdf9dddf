"""Processes that start at once: forks of an interpreter that has imported torch, one per worker.

Half of the time of the tests was commands that import torch, two seconds each.  Here a command is a
process as before, with its own streams, environment, folder, session, signals and exit status; only
the libraries of others are there when it begins, and nothing of ours.  Where that is the question
(what is imported, and when; an interrupt while it is), a test starts an interpreter; so does this
module where the interpreter is told what cannot be told later.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.warm.asking import FORKED
from tests.warm.reading import read
from tests.warm.running import FIRST, Running, server

__all__ = ["Process", "forks", "python", "ran", "started"]
Limits = Mapping[int, tuple[int, int]]
Process = Running | subprocess.Popen[bytes]
AT_START = ("PYTHON", "LC_", "LANG", "LD_", "OMP_", "MKL_", "OPENBLAS_", "ATEN_", "TORCH", "TZ")
"""How names begin at which an interpreter, or a library that is imported, looks once."""
LATER = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TORCHINDUCTOR_CACHE_DIR")
"""Those that a child is told; torch sets the last one itself, in tests that call it."""


def started(
    words: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, *,
    fds: Sequence[int | None] = (None, None, None), session: bool = False,
    limits: Limits | None = None, offspring: bool = False, new: bool = False,
) -> Process:  # fmt: skip
    """``python`` with these words.

    Args:
        fds: its standard input, output and error; None: nothing is read or kept.
        session: one of its own; limits: of resources, by number: soft and hard; offspring: what it
            starts by ``sys.executable`` is forked, too, and is handed streams alone; new: a new
            interpreter in any case.
    """
    env, limits = dict(os.environ if env is None else env), limits or {}
    null = os.open(os.devnull, os.O_RDWR)
    try:
        given = [null if fd is None else fd for fd in fds]
        if forks(words, env) and not new:
            return Running(words, given, cwd=str(cwd), env=env, session=session, limits=limits,
                           executable=python() if offspring else "")  # fmt: skip
        stdin, stdout, stderr = given
        return subprocess.Popen(
            [sys.executable, *words], cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr,
            start_new_session=session, preexec_fn=lambda: limit(limits),
        )  # fmt: skip
    finally:
        os.close(null)


def python() -> str:
    """A command for shells and scripts: an interpreter that is forked."""
    return server().python


def limit(limits: Limits) -> None:
    """Those of this process."""
    for number, each in limits.items():
        resource.setrlimit(number, each)


def ran(
    words: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 240,
    **others: Any,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """What ``python`` with these words writes, and how it ends.

    Args:
        others: as of :func:`started`.
    Raises:
        TimeoutExpired: it, or something that it started, still could write then.
    """
    (out, writes_out), (err, writes_err) = os.pipe(), os.pipe()
    try:
        process = started(words, cwd, env, fds=(None, writes_out, writes_err), **others)
    finally:
        os.close(writes_out)
        os.close(writes_err)
    texts = read((out, err), timeout)
    if texts is None:
        process.kill()
        process.wait(timeout)
        raise subprocess.TimeoutExpired(words, timeout)
    return subprocess.CompletedProcess(words, process.wait(timeout), *texts)


def forks(words: Sequence[str], env: Mapping[str, str]) -> bool:
    """Nothing is asked that only a new interpreter can do."""
    options = words[0].startswith("-") and words[0] not in FORKED
    return hasattr(os, "fork") and not options and _read(env) == _read(FIRST)


def _read(env: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in env.items() if k.startswith(AT_START) and k not in LATER}
