"""On a system without POSIX: files and programs are judged, a callable is refused in one line.

Windows is not at hand; what it lacks is taken away from Python before anything of ours is imported.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment
from tests.warm import ran

LACKING = """
import multiprocessing, os, signal, subprocess, sys
for name in ("fork", "killpg", "setsid", "getuid", "geteuid", "O_NOFOLLOW", "O_NONBLOCK",
             "O_NOCTTY", "O_CLOEXEC", "O_DIRECTORY"):
    if hasattr(os, name):
        delattr(os, name)
subprocess.Popen.kill = lambda self: os.kill(self.pid, 9)
for name in ("SIGKILL", "SIGUSR1", "SIGALRM", "setitimer", "ITIMER_REAL"):
    delattr(signal, name)
for name in ("resource", "fcntl", "pty", "termios"):
    sys.modules[name] = None
multiprocessing.get_all_start_methods = lambda: ["spawn"]
opened, started = os.open, subprocess.Popen.__init__
def no_folders(path, *flags, **others):
    if os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return opened(path, *flags, **others)
def of_windows(self, *words, preexec_fn=None, pass_fds=(), **others):
    if preexec_fn is not None or pass_fds:
        raise ValueError("preexec_fn and pass_fds are not supported on Windows platforms")
    started(self, *words, **others)
os.open, subprocess.Popen.__init__ = no_folders, of_windows
from verify.cli import main
sys.exit(main(sys.argv[1:]))
"""


def there(words: list[str], where: Path) -> subprocess.CompletedProcess[str]:
    """A command, where all that is lacking."""
    return ran(["-c", LACKING, *words], where, environment())


def test_the_main_job(tmp_path: Path) -> None:
    done = there(["--quick", "--variant", "modern"], tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    assert (tmp_path / "reports" / "latest" / "environment.json").is_file()


def test_files(tmp_path: Path) -> None:
    assert there(["golden", "--variant", "modern", "--out", "golden"], tmp_path).returncode == 0
    done = there(["check", "golden"], tmp_path)
    assert done.returncode == 0 and "\nPASS  " in done.stdout


@pytest.mark.parametrize("command", ["check", "map"])
@pytest.mark.parametrize("said", [[], ["--variant", "modern"]])
def test_a_callable_is_refused(command: str, said: list[str], tmp_path: Path) -> None:
    words = [command, f"{ROOT / 'examples' / 'numpy_student.py'}:lenet", *said]
    done = there(words, tmp_path)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert "a callable cannot be asked on this system" in done.stderr
    assert "hand in files or a --program here" in done.stderr


PROGRAM = """
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, {root!r})
from lenet_ref import modern, run
from lenet_ref.parameters import parameter_shapes
given, out = Path(sys.argv[1]), Path(sys.argv[2])
read = lambda name, kind="<f8": np.fromfile(given / f"{{name}}.bin", dtype=kind)
labels = read("labels", "<i8")
values = {{k: read(k).reshape(s) for k, s in parameter_shapes(modern()).items()}}
found = run(modern(), values, read("images").reshape(-1, 1, 32, 32), labels)
for name in ("C1.dW", "F7.y"):
    (found[name] * {factor}).tofile(out / f"{{name}}.bin")
"""


@pytest.mark.parametrize(("factor", "status"), [(1, 0), (2, 1)])
def test_a_program_is_judged_without_limits_and_that_is_said(
    factor: int, status: int, tmp_path: Path
) -> None:
    (tmp_path / "p.py").write_text(PROGRAM.format(root=str(ROOT), factor=factor))
    words = ["check", "--program", f"'{sys.executable}' p.py {{inputs}} {{outputs}}", "--variant",
             "modern", "--seed", "0"]  # fmt: skip
    done = there(words, tmp_path)
    assert done.returncode == status, done.stderr
    assert "note: this system has no limits of memory and of files" in done.stdout


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("import time; time.sleep(60)")
    words = ["check", "--program", f"'{sys.executable}' p.py {{inputs}} {{outputs}}", "--variant",
             "modern", "--seed", "0", "--batch", "1", "--seconds", "0.5"]  # fmt: skip
    done = there(words, tmp_path)
    assert done.returncode == 1 and "no end within 0.5 s" in done.stdout


def test_mutants_are_refused(tmp_path: Path) -> None:
    done = there(["mutants", "--tests", "none"], tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "needs a system that forks processes" in done.stderr


def test_faults_are_planted_in_one_process(tmp_path: Path) -> None:
    done = there(["faults", "--name", "convolution.z/no-bias"], tmp_path)
    assert done.returncode == 0 and "\nPASS  1 of 1 as expected" in done.stdout


def test_here_limits_are_set_and_nothing_is_said(tmp_path: Path) -> None:
    """The control: what is lacking above is here."""
    code = "from verify.subjects import limits; print(limits.SESSIONS, limits.limiter(64) is None)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True,
                          env=environment())  # fmt: skip
    assert done.stdout == "True False\n"
