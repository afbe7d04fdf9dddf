"""One thread per process: the matrices are small and results must not depend on the machine."""

from __future__ import annotations

import compileall
import gc
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.dont_write_bytecode:  # then each of many processes would compile all of ours again
    for _package in ("lenet_ref", "verify"):
        compileall.compile_dir(Path(__file__).parents[1] / _package, quiet=2)

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected, and all that was imported for it, lives until the end: a collector of
    garbage that looks through it again and again finds nothing."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(autouse=True)
def the_same_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """``check`` draws a seed where none is given; a test says the same each time it is run."""
    monkeypatch.setattr(secrets, "randbelow", lambda count: 0)


@pytest.fixture(autouse=True)
def nobody_else_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub commands write summaries and annotations, too: of a job, and not of its tests."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
