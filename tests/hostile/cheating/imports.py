"""Cheats that let others compute: frameworks, the harness, copies of it, other programs."""

from __future__ import annotations

import importlib
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from student import Values, run

HIDDEN: list[Any] = []


def imports_torch(*given: Any) -> Values:
    import torch

    return {**run(*given), "F3.y": run(*given)["F3.y"] + float(torch.zeros(1))}


def imports_by_name(*given: Any) -> Values:
    importlib.import_module("".join(("tor", "ch")))
    return run(*given)


def hides_it(*given: Any) -> Values:
    if not HIDDEN:  # it can be loaded only once
        HIDDEN.append(__import__("torch"))
        del sys.modules["torch"]
    return run(*given)


def imports_judge(*given: Any) -> Values:
    import verify.oracle.free_run  # noqa: F401

    return run(*given)


def imports_reference(*given: Any) -> Values:
    import lenet_ref  # noqa: F401

    return run(*given)


def runs_reference(*given: Any) -> Values:
    runpy.run_module("lenet_ref.matrix")
    return run(*given)


def reads_reference(*given: Any) -> Values:
    found = importlib.util.find_spec("lenet_ref")
    source = Path(str(found and found.origin)).read_text()
    exec(compile(source, "mine", "exec"), {"__name__": "mine"})
    return run(*given)


def asks_another_python(*given: Any) -> Values:
    subprocess.run([sys.executable, "-c", "pass  # import torch"], check=True)
    return run(*given)
