"""What every command obeys, and what was most likely meant."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.metadata import version as installed
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment, piped
from verify.cli import main
from verify.cli.general import coloured, command
from verify.cli.version import of
from verify.errors import UNUSABLE, InputError


def test_the_version_is_of_everything_that_computes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    for name in ("numpy", "torch", "pandas"):
        assert f"{name} {installed(name)}" in out
    assert out.startswith(f"lenet-verify {of('lenet-verify')} (Python 3.") and out.count("\n") == 1
    assert of("no-such-package") == "not installed"


def test_the_version_imports_nothing_heavy() -> None:
    code = "import sys; from verify.cli import main; main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT,
                          env=environment(), check=True)  # fmt: skip
    assert not {"torch", "pandas"} & {*done.stdout.splitlines()[-1].split()}


REFUSED = {
    "--version --quick": "--version: stands alone; got --version --quick",
    "check --version": "--version: stands alone; got check --version",
    "chek dump": "no such command; got 'chek'; did you mean check? see lenet-verify --help",
    "xyzzy": "no such command; got 'xyzzy'; see lenet-verify --help",
    "check --netwrok d2l x": "unrecognized arguments: --netwrok; did you mean --network? see "
    "lenet-verify check --help",
    "golden --variatn modern": "--variatn; did you mean --variant?",
    "--tier flaot32": "invalid choice: 'flaot32' (float32?); expected exact, float64, float32",
    "check x --require gradient": "'gradient' (gradients?)",
    "networks --show d21": "expected d2l",
    "check dump --network d3l": "expected d2l",
    "regimes digts": "no such regime; got digts; expected digits",
    "regimes ties --probes": "--probes and ties: cannot be obeyed together",
    "--color": "--color: no such choice; got ''",
    "--color sometimes": "--color: no such choice; got 'sometimes'; expected auto or always",
    "--color never --color always": "--color: said twice; got never and always",
    "--colour never": "unrecognized arguments: --colour",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_was_meant_is_said_in_one_line(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)) == UNUSABLE
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and REFUSED[line] in err
    assert [*tmp_path.iterdir()] == []


def test_the_colour_is_taken_from_anywhere_but_behind_the_end_of_options() -> None:
    assert coloured(["check", "--color", "never", "x"]) == ("never", ["check", "x"])
    assert coloured(["--color=always", "--quick"]) == ("always", ["--quick"])
    assert coloured(["--color", "never", "--color=never"]) == ("never", [])
    assert coloured(["check", "--", "--color"]) == ("auto", ["check", "--", "--color"])


def test_without_a_command_it_is_the_main_job() -> None:
    assert command([]) == ("run", [])
    assert command(["--quick"]) == ("run", ["--quick"])
    assert command(["map", "x"]) == ("map", ["x"])
    with pytest.raises(InputError, match="no such command"):
        command(["Map"])


@pytest.mark.parametrize("words", [["regimes"], ["describe", "--variant", "modern"]])
def test_in_a_pipe_nothing_is_coloured_or_written_over(words: list[str], tmp_path: Path) -> None:
    done = piped(words, tmp_path)
    assert done.returncode == 0 and done.stderr == "" and "\033" not in done.stdout
    assert "\r" not in done.stdout
