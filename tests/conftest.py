"""One thread per process: the matrices are small and results must not depend on the machine."""

from __future__ import annotations

import os
import secrets

import pytest

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.fixture(autouse=True)
def the_same_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """``check`` draws a seed where none is given; a test says the same each time it is run."""
    monkeypatch.setattr(secrets, "randbelow", lambda count: 0)


@pytest.fixture(autouse=True)
def nobody_else_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub commands write summaries and annotations, too: of a job, and not of its tests."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
