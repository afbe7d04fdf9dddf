"""An interrupted run: no half-written file, and the rows that there were are kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.test_cli import run
from tests.verify.cli.test_resume import stopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupt_leaves_no_half_written_file(number: signal.Signals, tmp_path: Path) -> None:
    """Nor does ``timeout``, or a terminal that is closed."""
    words = [sys.executable, "-m", "verify", "--seeds", "500", "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        # A shell starts its background jobs with interrupts ignored, and children inherit it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "out").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left <= {"diff.csv.partial", "sweep.json.partial"}


@pytest.mark.parametrize(("done", "rows"), [(0, 0), (1, 84), (7, 588)])
def test_an_interrupted_run_keeps_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    done: int, rows: int,
) -> None:  # fmt: skip
    """Those of whole tables and those that waited for the next."""
    stopped(monkeypatch, done, KeyboardInterrupt())
    assert run(tmp_path, "--seeds", "9", "--tensor", "") == 130
    err = capsys.readouterr().err
    left = sorted((tmp_path / "out").iterdir())
    kept = ["diff.csv.partial", "sweep.json.partial"] if rows else []
    assert [path.name for path in left] == kept
    if rows:
        assert len(pd.read_csv(left[0])) == rows and f"interrupted; {rows} rows are in" in err
    else:
        assert "interrupted; no report was written" in err


def test_who_ends_a_check_ends_its_subject(tmp_path: Path) -> None:
    """A subject that goes on for ever went on after ``timeout`` had ended the check, and what an
    earlier one had passed was still there for others to read."""
    net, told = tmp_path / "h.py", tmp_path / "o.json"
    net.write_text("import os\ndef f(*_):\n    open('pid', 'w').write(str(os.getpid()))\n"
                   "    while True: pass\n")  # fmt: skip
    told.write_text('{\n "schema": "lenet-verify/1", "status": 0}')
    words = ["check", "h.py:f", "--network", "d2l", "--json", str(told)]
    process = subprocess.Popen([sys.executable, "-m", "verify", *words], cwd=tmp_path, text=True,
                               stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "lenet-verify: interrupted; no report was written\n")
    assert json.loads(told.read_text())["status"] == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
