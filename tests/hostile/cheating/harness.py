"""Cheats that turn against the harness: its files, memory, process, channel, functions."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from student import Values, run


def reads_the_key(*given: Any) -> Values:
    with np.load(Path(os.environ["KEY"]) / "tensors.npz") as file:
        return {**run(*given), "C1.db": file["C1.db"]}


def reads_the_key_low(*given: Any) -> Values:
    os.close(os.open(os.environ["KEY"] + "/tensors.npz", os.O_RDONLY))
    return run(*given)


def reads_by_a_link(*given: Any) -> Values:
    link = Path(os.environ["KEY"] + "-link")
    link.unlink(missing_ok=True)
    link.symlink_to(os.environ["KEY"])
    (link / "tensors.npz").read_bytes()
    return run(*given)


def reads_memory(*given: Any) -> Values:
    with contextlib.suppress(OSError), Path(f"/proc/{os.getppid()}/mem").open("rb") as file:
        file.read(0)
    return run(*given)


def reads_environment(*given: Any) -> Values:
    Path(f"/proc/{os.getppid()}/environ").read_bytes()
    return run(*given)


def writes_to_the_judge(*given: Any) -> Values:
    import importlib.util

    found = importlib.util.find_spec("verify")
    with Path(str(found and found.origin)).open("r+b"):
        return run(*given)


def kills(*given: Any) -> Values:
    os.kill(os.getppid(), signal.SIGKILL)
    return run(*given)


def kills_quietly(*given: Any) -> Values:
    with contextlib.suppress(OSError):
        os.kill(os.getppid(), signal.SIGSTOP)
    with contextlib.suppress(OSError):
        os.killpg(os.getpgid(os.getppid()), signal.SIGTERM)
    return run(*given)


def speaks(text: bytes) -> None:
    """Into every pipe there is."""
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.set_blocking(number, False)
            os.write(number, text)


def answers_itself(*given: Any) -> Values:
    speaks(b'{"names": [], "wrong": {}, "changed": [], "plain": [], "notes": {}}\n')
    return run(*given)


def leaves_early(*given: Any) -> Values:
    os._exit(0)


def outlives_its_time(*given: Any) -> Values:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(BaseException):
            time.sleep(1)
    return run(*given)


def replaces(module: Any, name: str, given: Any) -> Values:
    """A function by one of the subject's own."""
    before = getattr(module, name)
    setattr(module, name, lambda *a, **k: before(*a, **k))
    return run(*given)


def patches_numpy(*given: Any) -> Values:
    return replaces(np, "allclose", given)


def patches_load(*given: Any) -> Values:
    return replaces(np, "load", given)


def patches_builtins(*given: Any) -> Values:
    import builtins

    return replaces(builtins, "sum", given)


def patches_the_child(*given: Any) -> Values:
    given[0]["C1.b"] += 1
    sys.modules["__main__"].digests = lambda arrays: {}  # type: ignore[attr-defined]
    return run(*given)


def lifts_limits(*given: Any) -> Values:
    hard = resource.RLIM_INFINITY
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    return run(*given)
