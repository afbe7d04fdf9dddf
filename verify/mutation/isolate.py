"""Run a mutant in a process of its own, with a time limit; nothing of it survives."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from types import ModuleType

from verify.mutation.operators import Mutant

KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


def install(mutant: Mutant) -> None:
    """Replace a module's contents by the mutant's, and what other modules imported from it."""
    module = sys.modules[mutant.module]
    before = dict(vars(module))
    exec(compile(mutant.tree, f"<mutant of {mutant.module}>", "exec"), vars(module))
    changed = {id(old): vars(module)[k] for k, old in before.items() if _moved(module, k, old)}
    for name, other in list(sys.modules.items()):
        if name.startswith("lenet_ref") and other is not module:
            for key, value in list(vars(other).items()):
                if id(value) in changed:
                    setattr(other, key, changed[id(value)])


def _moved(module: ModuleType, name: str, old: object) -> bool:
    return not name.startswith("__") and vars(module)[name] is not old


def try_mutant(mutant: Mutant, survives: Callable[[], bool], seconds: float) -> str:
    """Fork, install, ask; a crash or a hang is a kill, as any exception is."""
    child = os.fork()
    if child == 0:
        _child(mutant, survives)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def _child(mutant: Mutant, survives: Callable[[], bool]) -> None:
    """Exit status 0 if the mutant survives; never returns."""
    status = 1
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        install(mutant)
        status = 0 if survives() else 1
    except BaseException:  # whatever a mutant does, it was noticed
        status = 1
    finally:
        os._exit(status)
