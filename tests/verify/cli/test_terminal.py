"""At a terminal of 80 columns: nothing is wider, what matters is on one screen, in colour."""

from __future__ import annotations

import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import ESCAPE, Seen, piped, seen
from verify.cli import colour

SCREEN = 24
"""Lines of the smallest terminal."""
BROKEN = """
import sys
sys.path.insert(0, {root!r})
from lenet_ref import modern, run
def lenet(parameters, images, labels):
    found = run(modern(), parameters, images, labels)
    return {{k: v * (1.5 if k.endswith((".dW", ".db", ".y")) else 1) for k, v in found.items()}}
"""
CHECKS = {
    "student": "check examples/mnist_student.py:run --network mnist28 --map --seed 0",
    "textbook": "check examples/d2l_numpy.py:run --network d2l --mapping examples/d2l.toml "
    "--seed 0",
    "numpy": "check examples/numpy_student.py:lenet --seed 0",
    "everywhere": "check broken.py:lenet --variant modern --seed 0",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "broken.py").write_text(BROKEN.format(root=str(ROOT)))
    return tmp_path


def command(found: Seen) -> list[str]:
    """The command behind ``rerun:``, as a shell reads it when it is pasted."""
    text = "\n".join(found.lines).partition("rerun: ")[2]
    text = re.split(r"(?<!\\)\n", text)[0]
    return shlex.split(text.replace("\\\n", " "))[1:]


@pytest.mark.parametrize("name", CHECKS)
def test_a_failing_check_is_one_screen(name: str, here: Path) -> None:
    words = shlex.split(CHECKS[name])
    found = seen(words, here)
    assert found.status == 1
    assert [line for line in found.lines if len(line) > 80] == []
    last = "\n".join(found.lines[-SCREEN - 1 :])
    for word in ("guilty layer: ", "; first: ", "  fail: ", "  cause: ", "  rerun: ", "\nFAIL  "):
        assert word in last, word
    assert command(found) == words


def test_what_is_broken_says_the_same_in_a_pipe(here: Path) -> None:
    """There, a line is a fact."""
    words = shlex.split(CHECKS["textbook"])
    found, lines = seen(words, here), piped(words, here).stdout.splitlines()
    told = " ".join(" ".join(found.lines).replace("\\ ", " ").split())
    assert any(line.startswith("  rerun: ") and line.endswith("--seed 0") for line in lines)
    for line in lines:
        assert " ".join(line.split()) in told, line


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal(columns: int, here: Path) -> None:
    found = seen(["chek"], here, columns)
    assert max(map(len, found.lines)) <= columns and found.status == 2
    assert "".join(found.lines).startswith("lenet-verify: no such command")


COLOURED = {
    "": True, "TERM=dumb": False, "NO_COLOR=1": False, "NO_COLOR=": True, "never": False,
    "always TERM=dumb": True, "always NO_COLOR=1": True, "never FORCE_COLOR=1": False,
    "NO_COLOR=1 FORCE_COLOR=1": False,
}  # fmt: skip
PIPED = {"": False, "always": True, "FORCE_COLOR=1": True, "NO_COLOR=1": False, "never": False}


@pytest.mark.parametrize(
    ("terminal", "how", "coloured"),
    [*((True, *each) for each in COLOURED.items()), *((False, *each) for each in PIPED.items())],
)
def test_what_is_said_of_colour_is_obeyed(
    terminal: bool, how: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for word in (word for word in how.split() if "=" in word):
        monkeypatch.setenv(*word.split("="))
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    colour.use(next((word for word in how.split() if word in colour.WHEN), colour.AUTO))
    assert colour.wanted(stream) is coloured
    colour.use(colour.AUTO)


def test_colour_of_a_whole_run(tmp_path: Path) -> None:
    quick = ["--quick", "--variant", "modern"]
    green = "\033[32;1mPASS\033[0m  "
    assert green in seen(quick, tmp_path).raw
    assert "\033[3" not in seen([*quick, "--color", "never"], tmp_path).raw
    done = piped([*quick, "--color=always"], tmp_path)
    assert green in done.stdout
    assert ESCAPE.sub("", done.stdout).splitlines()[-1].startswith("PASS  ")


def test_the_guilty_layer_is_red(here: Path) -> None:
    found = seen(shlex.split(CHECKS["textbook"]), here)
    assert "\033[31;1mguilty layer: S2, S4\033[0m; first: \033[1mS4.dx\033[0m" in found.raw
    assert re.search(r"\033\[31;1m> S2 .*\033\[0m", found.raw)
    assert "\033[31;1mFAIL\033[0m  " in found.raw


def test_a_file_that_is_printed_is_left_alone(here: Path) -> None:
    """It is to be saved; a comment that is broken would be no comment."""
    found = seen(["networks", "--show", "d2l"], here)
    text = piped(["networks", "--show", "d2l"], here).stdout
    assert "\n".join(found.lines) == text and max(map(len, found.lines)) > 80
