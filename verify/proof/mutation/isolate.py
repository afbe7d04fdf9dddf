"""Run a mutant in a process of its own, with a time limit; nothing of it survives."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from verify.proof.mutation.operators import Mutant

__all__ = ["KILLED", "SURVIVED", "TIMED_OUT", "install", "reimport", "try_mutant"]
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


def install(mutant: Mutant) -> None:
    """Replace a module's contents by the mutant's, and what other modules imported from it."""
    if mutant.module.startswith("verify."):
        reimport(mutant)
        return
    module = sys.modules[mutant.module]
    before = dict(vars(module))
    exec(compile(mutant.tree, f"<mutant of {mutant.module}>", "exec"), vars(module))
    changed = {id(old): vars(module)[k] for k, old in before.items() if _moved(module, k, old)}
    for name, other in list(sys.modules.items()):
        if name.startswith("lenet_ref") and other is not module:
            for key, value in list(vars(other).items()):
                if id(value) in changed:
                    setattr(other, key, changed[id(value)])


def reimport(mutant: Mutant) -> None:
    """Forget the judge and let it be imported again, one module as the mutant has it.

    Its tables (rules by operation, nodes by kind) hold functions of other modules, where a name
    that is replaced later is not seen.
    """
    for name in [name for name in sys.modules if name == "verify" or name.startswith("verify.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))


class _Finder(MetaPathFinder, Loader):
    """Finds and runs one module: the mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Of the mutant; others are found where they are."""
        return ModuleSpec(name, self) if name == self._mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        """Its contents."""
        what = f"<mutant of {self._mutant.module}>"
        exec(compile(self._mutant.tree, what, "exec"), vars(module))


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
