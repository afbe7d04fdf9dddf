"""The command line.  Exit status: 0 all passed, 1 a difference, 2 unusable input, 3 our fault."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from lenet_ref.errors import LeNetError
from verify.cli.loading import loading
from verify.errors import INTERNAL

__all__ = ["COMMANDS", "entry", "main"]
COMMANDS = {
    "run": "verify both variants and write a report (the default)",
    "check": "judge somebody else's LeNet-5: files, Python code, or a program in any language",
    "golden": "write inputs and expected tensors of a case, for somebody else's test bench",
    "faults": "plant every known mistake and see each caught, located and named",
    "mutants": "mutate the source of lenet_ref and count what goes unnoticed",
    "errata": "evaluate every formula of the source as written and as corrected",
    "explain": "one tensor: its equation, code, tolerance, conventions and last measured row",
    "describe": "print networks with shapes, parameters and connections",
    "map": "propose the mapping of somebody's names and layouts, as a TOML file",
    "networks": "list the networks known by name; print one as the start of your own",
    "report": "make the HTML page of an existing report",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words.pop(0) if words and words[0] in COMMANDS else "run"
    # one thread per process: these matrices are small, and results do not depend on the machine
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        with loading():
            from verify.cli import edge

            module = importlib.import_module(f"verify.cli.{command}")
    except LeNetError as error:  # rooms that disagree: nothing here can be trusted
        print(f"lenet-verify: internal error: {error}", file=sys.stderr)
        return INTERNAL
    return edge.guarded(module.main, words)


def entry() -> None:
    """The console script.  What is to be written is written by then; taking torch down object by
    object is a twentieth of a run."""
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # closed, or never opened
            stream.flush()
    os._exit(status)
