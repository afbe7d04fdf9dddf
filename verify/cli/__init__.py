# PYTHON_ARGCOMPLETE_OK
"""The command line.  Exit status: 0 all passed, 1 a difference, 2 unusable input, 3 our fault.

Nothing heavy is imported before ``entry`` runs: until then a Ctrl-C would be a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from verify.cli.loading import loading, stoppable

__all__ = ["COMMANDS", "entry", "main"]
COMMANDS = {
    "run": "verify both variants and write a report (the default)",
    "check": "judge somebody else's LeNet-5: files, Python code, or a program",
    "golden": "write inputs and expected tensors of a case, for a test bench",
    "faults": "plant every known mistake and see each caught, located and named",
    "evidence": "what the checks that people use find of all those, beside ours",
    "mutants": "mutate the source of lenet_ref and count what goes unnoticed",
    "errata": "evaluate every formula of the source as written and as corrected",
    "explain": "one tensor: its equation, code, tolerance and last measured row",
    "describe": "print networks with shapes, parameters and connections",
    "map": "propose the mapping of somebody's names and layouts, as TOML",
    "networks": "list the networks with a name; print one as the start of yours",
    "regimes": "list the ways in which cases are drawn, and what each finds",
    "diff": "compare two reports: what vanished, broke, or lost digits",
    "report": "make the HTML page of an existing report",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # one thread per process: these matrices are small, and results do not depend on the machine
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with loading():
        from verify.cli import edge
        from verify.cli.general import obeyed
    return edge.guarded(obeyed, words)


def entry() -> None:
    """The console script.  What is to be written is written by then; taking torch down object by
    object is a twentieth of a run."""
    stoppable()
    if "_ARGCOMPLETE" in os.environ:
        from verify.cli.completion import complete

        complete()
    from verify.cli.progress import LINE

    LINE.begin("loading")
    try:
        status = main()
    except SystemExit as end:  # of --help
        status = int(end.code or 0)
    LINE.end()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # closed, or never opened
            stream.flush()
    os._exit(status)
