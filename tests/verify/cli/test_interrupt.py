"""Ctrl-C at any moment, while torch is being imported, too: one line, status 130, no traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT

LINE = re.compile(r"lenet-verify: interrupted; [^\n]+\n")
START = "print('up', flush=True); from verify.cli import entry; entry()"
COMMANDS = {
    "run": ["--seeds", "200"],
    "check": ["check", "examples/mnist_student.py:run", "--seed", "0"],
    "faults": ["faults", "--jobs", "2"],
}


def interrupted(words: list[str], after: float, out: Path) -> tuple[int, str]:
    """Start a command as the console script does, interrupt its whole group as a terminal does, so
    many seconds after Python itself is up."""
    process = subprocess.Popen(
        [sys.executable, "-c", START, *words, "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        start_new_session=True,
        # A shell starts its background jobs with interrupts ignored, and children inherit it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "up\n"
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("after", [0.05, 0.2, 0.5, 1.0, 2.0])
def test_one_line_at_any_moment(name: str, after: float, tmp_path: Path) -> None:
    status, err = interrupted(COMMANDS[name], after, tmp_path / "out")
    assert status == 130 and LINE.fullmatch(err), (status, err)
    assert not (tmp_path / "out" / "environment.json").exists()


def test_a_command_that_is_left_alone_is_not_interrupted(tmp_path: Path) -> None:
    """The handler of the first moments is gone when the work begins."""
    words = [sys.executable, "-c", "from verify.cli import entry; entry()", "regimes"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0 and done.stderr == ""


def test_an_interrupt_that_is_ignored_stays_ignored() -> None:
    """As of a shell's background job."""
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from verify.cli.loading import interruptible, stoppable\n"
        "stoppable(); interruptible(); assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
