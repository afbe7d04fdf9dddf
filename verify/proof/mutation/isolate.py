"""Run a mutant in a process of its own, with a time limit; nothing of it survives."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from types import ModuleType

from verify.proof.mutation.operators import Mutant

__all__ = ["KILLED", "PACKAGES", "SURVIVED", "TIMED_OUT", "install", "try_mutant"]
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"
PACKAGES = ("lenet_ref", "verify", "tests")
"""Each imports those before it."""


def install(mutant: Mutant) -> None:
    """Forget the mutant's package and all that imports it, and let them be imported again, one
    module as the mutant has it.

    Nothing less is what a user of the mutant would have: tables hold functions of other modules,
    constants hold objects of classes, where a name that is replaced later is not seen.  What is
    forgotten excludes NumPy, PyTorch and pandas: a fork and this take a third of a second, an
    interpreter of its own three.
    """
    forgotten = PACKAGES[PACKAGES.index(mutant.module.partition(".")[0]) :]
    for name in [name for name in sys.modules if name.partition(".")[0] in forgotten]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))


class _Finder(MetaPathFinder, Loader):
    """Finds and runs one module: the mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: object = None
    ) -> ModuleSpec | None:
        """Of the mutant, where its file stands; others are found as ever."""
        if name != self._mutant.module:
            return None
        spec = PathFinder.find_spec(name, path)
        return spec and spec_from_file_location(name, spec.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Its contents."""
        what = f"<mutant of {self._mutant.module}>"
        exec(compile(self._mutant.tree, what, "exec"), vars(module))


def try_mutant(mutant: Mutant, survives: Callable[[], bool], seconds: float) -> str:
    """Fork, install, ask; a crash is a kill, as any exception is.

    A hang is ended by the alarm clock, which no Python code needs to answer; whoever asks may
    set it again for each part of the question.
    """
    child = os.fork()
    if child == 0:
        _child(mutant, survives, seconds)
    _, status = os.waitpid(child, 0)
    fates = {0: SURVIVED, -signal.SIGALRM: TIMED_OUT}
    return fates.get(os.waitstatus_to_exitcode(status), KILLED)


def _child(mutant: Mutant, survives: Callable[[], bool], seconds: float) -> None:
    """Exit status 0 if the mutant survives; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        install(mutant)
        status = 0 if survives() else 1
    except BaseException:  # whatever a mutant does, it was noticed
        status = 1
    finally:
        os._exit(status)
