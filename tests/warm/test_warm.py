"""A forked interpreter is a process like one that was started: all that tests rely on."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.warm import forks, python, ran, started
from tests.warm.running import FIRST, Running

PROBE = """
import os, sys
print(sys.argv, sys.path, os.getcwd(), sorted(os.environ), __name__, globals().get("__file__"))
print(sys.stdin.encoding, sys.stdout.errors, sys.stderr.errors, sys.stdout.isatty(), sys.flags)
print(os.getpgrp() == os.getsid(0) == os.getpid(), sys.stdin.read())
print(sorted(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else "")
print([name for name in sys.modules if name.split(".")[0] in ("lenet_ref", "verify", "tests")])
print("told", file=sys.stderr)
sys.exit(5)
"""
HERE = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "probe.py").write_text(PROBE)
    return tmp_path


WAYS = {
    "code": ["-c", PROBE, "word"],
    "module": ["-m", "probe", "word", "--option"],
    "file": ["probe.py", "word"],
    "apart": ["-P", "-m", "probe"],
}


@pytest.mark.parametrize("session", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_it_is_what_a_new_one_is(way: str, session: bool, folder: Path) -> None:
    found, new = (ran(WAYS[way], folder, HERE, session=session, new=each) for each in (False, True))
    assert found.returncode == new.returncode == 5
    assert found.stderr == new.stderr == "told\n"
    wanted = new.stdout.replace("safe_path=True", "safe_path=False")  # a flag is of the server
    assert found.stdout == wanted and found.stdout.count("\n") == 5


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("raise SystemExit", 0),
        ("import sys; sys.exit('words')", 1),
        ("1 / 0", 1),
        ("import os; os._exit(9)", 9),
        ("raise KeyboardInterrupt", -signal.SIGINT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
    ],
)
def test_how_it_ends_is_told(code: str, status: int, tmp_path: Path) -> None:
    found = ran(["-c", code], tmp_path)
    assert found.returncode == status
    assert ("ZeroDivisionError" in found.stderr) == ("/" in code)


SLEEPS = "import time; print('up', flush=True); time.sleep(60)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signals_reach_it(number: signal.Signals, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    process = started(["-c", SLEEPS], tmp_path, fds=(None, writing, None), session=True)
    os.close(writing)
    assert isinstance(process, Running) and os.read(reading, 9) == b"up\n"
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    os.killpg(process.pid, number)
    assert process.wait(60) == process.poll() == -number
    assert os.read(reading, 9) == b""
    os.close(reading)


def test_who_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        ran(["-c", f"import os; open('pid', 'w').write(str(os.getpid())); {SLEEPS}"], tmp_path,
            timeout=1)  # fmt: skip
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_terminal_is_one(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    code = "import os, sys; print(os.get_terminal_size(1), sys.stdout.line_buffering)"
    process = started(["-c", code], tmp_path, fds=(slave, slave, slave), session=True)
    os.close(slave)
    assert process.wait(60) == 0
    assert os.read(master, 99) == b"os.terminal_size(columns=0, lines=0) True\r\n"
    os.close(master)


def test_limits_are_those_that_are_asked_for(tmp_path: Path) -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
    found = ran(["-c", code], tmp_path, limits={resource.RLIMIT_CPU: (50, 60)})
    assert found.stdout == "(50, 60)\n"


def test_no_two_draw_the_same(tmp_path: Path) -> None:
    code = "import random, numpy; print(random.random(), numpy.random.random())"
    first, second = (ran(["-c", code], tmp_path).stdout.split() for _ in range(2))
    assert not {*first} & {*second}


def test_a_shell_is_given_one_too(tmp_path: Path) -> None:
    line = f'echo in | {python()} -c "import sys; print(sys.stdin.read()); sys.exit(3)" word'
    found = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (3, "in\n\n", "")
    ended = subprocess.run([python(), "-c", "import os; os.kill(os.getpid(), 15)"])
    assert ended.returncode == -signal.SIGTERM
    words = [python(), "-W", "error", "-c", "import sys; print(sys.warnoptions)"]
    assert subprocess.run(words, capture_output=True, text=True).stdout == "['error']\n"


def test_what_an_interpreter_reads_at_its_start_is_read(tmp_path: Path) -> None:
    """Such a one is started."""
    assert forks(["-m", "verify"], FIRST) and not forks(["-X", "dev", "-m", "verify"], FIRST)
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    assert not forks(["-c", ""], env) and not forks(["-c", ""], {**FIRST, "OMP_NUM_THREADS": "7"})
    words = ["-c", "import sys; print(sys.flags.hash_randomization, *sys.modules)"]
    told = ran(words, tmp_path, env).stdout.split()
    assert told[0] == "1" and "torch" not in told
    assert "torch" in ran(words, tmp_path, FIRST).stdout.split()


@pytest.mark.parametrize("kept", ["", "1"])
def test_whether_it_keeps_what_it_compiles_is_told_later(kept: str, folder: Path) -> None:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": kept}
    assert forks(["-c", ""], env)
    for new in (False, True):
        ran(["-c", "import probe"], folder, env, new=new)
        assert (folder / "__pycache__").exists() is not bool(kept)


def test_a_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    code = "from tests.warm.running import server; print(server().path)"
    found = ran(["-c", code], tmp_path, {**os.environ, "PYTHONPATH": str(ROOT)})
    assert found.returncode == 0 and not Path(found.stdout.strip()).parent.exists()


def test_a_command_says_the_same(tmp_path: Path) -> None:
    """Begun by a new interpreter, word for word: nothing that it needs was there by chance."""
    words = ["-m", "verify", "--quick", "--variant", "modern"]
    found, new = (ran(words, tmp_path, HERE, new=each) for each in (False, True))
    assert found.returncode == new.returncode == 0 and found.stderr == new.stderr == ""
    assert found.stdout == new.stdout
    assert sys.executable not in found.stdout
