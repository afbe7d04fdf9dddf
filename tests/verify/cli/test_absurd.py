"""What cannot fit into memory is refused before anything is drawn, whatever command is asked."""

from __future__ import annotations

import resource
import shlex
import time
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment
from tests.warm import ran
from verify.cli import main

CHANNELS = "--variant modern --option channels=1000000000"
STUDENT = f"{ROOT / 'examples' / 'numpy_student.py'}:lenet"
ABSURD = {
    "--batch 100000000": "does not fit into memory",
    "--batch 100000000 --variant 1998 --regime probe-rbf": "does not fit into memory",
    "--batch 100000000 --network d2l --regime probe-average-overlap": "does not fit into memory",
    "--batch 100000000 --network mine.toml": "does not fit into memory",
    CHANNELS: "does not fit into memory",
    f"check {STUDENT} --batch 100000000": "expected at most 256",
    f"check {STUDENT} --variant modern --batch 100000000": "expected at most 256",
    f"check {STUDENT} {CHANNELS}": "does not fit into memory",
    "golden --variant modern --batch 100000000 --out golden": "expected at most 256",
    f"golden {CHANNELS} --out golden": "does not fit into memory",
    f"golden {CHANNELS} --out golden --inputs-only": "does not fit into memory",
    f"map {STUDENT} {CHANNELS}": "does not fit into memory",
    f"explain C3.dW {CHANNELS}": "does not fit into memory",
}


LIMITED = {resource.RLIMIT_AS: (2**33, 2**33)}
"""Who tries it none the less takes no more than this, and fails."""


@pytest.mark.parametrize("line", ABSURD)
def test_it_is_refused_at_once(line: str, tmp_path: Path) -> None:
    if "mine.toml" in line:
        main(["networks", "--show", "d2l", "--out", str(tmp_path / "mine.toml")])
    before, start = {*tmp_path.iterdir()}, time.monotonic()
    done = ran(["-m", "verify", *shlex.split(line)], tmp_path, environment(), 60, limits=LIMITED)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert ABSURD[line] in done.stderr and "--" in done.stderr
    assert time.monotonic() - start < 30
    assert {*tmp_path.iterdir()} == before


def test_what_fits_is_judged(tmp_path: Path) -> None:
    """The control."""
    words = ["--variant", "modern", "--batch", "64", "--tier", "float64"]
    done = ran(["-m", "verify", *words], tmp_path, environment(), limits=LIMITED)
    assert done.returncode == 0, done.stderr
