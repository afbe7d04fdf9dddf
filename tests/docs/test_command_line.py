"""docs/command-line.md is true, and what the pages show works when it is typed into a new shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from verify.report.screen import ALSO
from verify.report.text import WIDTH

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "reports" / "README.md"])
PAGE = (ROOT / "docs" / "command-line.md").read_text()
TUTORIAL = (ROOT / "docs" / "verify-your-own.md").read_text()
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
WORKFLOW = (ROOT / ".github" / "workflows" / "verify.yml").read_text()
ACTIVATE = ". .venv/bin/activate"


def blocks(text: str) -> list[tuple[int, str]]:
    """Where each block begins, and what is in it."""
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(m.start(), m[2]) for m in found if not m[1]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_before_the_first_command_it_is_said_to_activate(page: Path) -> None:
    text = page.read_text()
    for start, body in blocks(text):
        if command := re.search(r"^lenet-verify ", body, re.MULTILINE):
            assert ACTIVATE in text[:start] + body[: command.start()], page.name
            return


VENV = Path(sys.prefix)
whole = pytest.mark.skipif(
    not (VENV / "bin" / "activate").is_file() or not (VENV / "bin" / "lenet-verify").is_file(),
    reason="needs a virtual environment in which the package is installed",
)


def shell(text: str, where: Path) -> subprocess.CompletedProcess[str]:
    """What a new shell makes of lines that are typed into it, with nothing of ours in its PATH."""
    found = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(where),
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
    }
    return subprocess.run(["/bin/sh"], input=text, cwd=where, env=found, text=True,
                          capture_output=True, timeout=120)  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the examples and an environment in it, as after README's first command."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / ".venv").symlink_to(VENV)
    return tmp_path


@whole
def test_the_tutorials_first_session_as_it_is_typed(clone: Path) -> None:
    first, session = (body for _, body in blocks(TUTORIAL)[:2])
    assert first.strip() == ACTIVATE and session.count("lenet-verify ") == 2
    done = shell(first + session, clone)
    assert "mnist28: guilty layer: C3; first: C3.dW" in done.stdout and done.returncode == 1
    assert done.stderr == ""
    assert "not found" in shell(session, clone).stderr  # the control


@whole
def test_the_pages_of_networks_and_calling_as_they_are_typed(clone: Path) -> None:
    done = shell(blocks(PAGE)[0][1], clone)
    assert done.returncode == 0 and done.stdout.startswith("lenet-verify ")
    networks = (ROOT / "docs" / "networks.md").read_text()
    lines = [line for line in blocks(networks)[0][1].splitlines() if "student.py" not in line]
    done = shell("\n".join(["set -e", ACTIVATE, *lines]), clone)
    assert done.returncode == 0 and done.stderr == "" and (clone / "mine.toml").is_file()
    for path in re.findall(r"`(\.venv/bin/[\w-]+(?: -m verify)?)`", PAGE):
        assert shell(f"{path} --version", clone).stdout.startswith("lenet-verify "), path


def test_what_the_pages_show_fits_a_terminal() -> None:
    for text in ((ROOT / "README.md").read_text(), TUTORIAL):
        for _, body in blocks(text):
            shown = re.search(r"guilty layer|^(?:PASS|FAIL)  ", body, re.MULTILINE)
            assert not shown or max(map(len, body.splitlines())) <= WIDTH, body


def test_the_extras() -> None:
    listed = re.findall(r"^\| `\[(\w+)\]` \| (.*) \|$", PAGE, re.MULTILINE)
    assert {*dict(listed)} == {*EXTRAS}
    for name in ("safetensors", "matlab", "completion"):
        assert {*EXTRAS[name]} <= {*EXTRAS["dev"]}


def test_the_systems_are_those_of_the_workflow() -> None:
    for system, runs in {"macOS": "macos-latest", "Windows": "windows-latest"}.items():
        assert f"| {system} |" in PAGE and f'"{runs}"' in WORKFLOW
    versions = re.findall(r'"(3\.\d+)"', re.findall(r"python: \[([^]]*)\]", WORKFLOW)[0])
    assert f"Python {versions[0]} to {versions[-1]}" in PAGE
    job = WORKFLOW.partition("  systems:")[2].partition("\n  wheel:")[0]
    assert "pytest" not in job and "lenet-verify check golden" in job


def test_the_numbers() -> None:
    assert "At most six causes" in PAGE and ALSO == 6
    assert f"{WIDTH} columns at most" in PAGE


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("shell_of", ["bash", "fish"])
def test_the_lines_that_complete_words(shell_of: str) -> None:
    """What register-python-argcomplete prints for each shell is code that asks our command."""
    pytest.importorskip("argcomplete")
    lines = re.findall(r"`((?:eval|register)[^`]*)`", PAGE)
    line = next(one for one in lines if ("fish" in one) == (shell_of == "fish"))
    (words,) = re.findall(r"register-python-argcomplete ([\w -]+[\w])", line)
    module = "argcomplete.scripts.register_python_argcomplete"
    done = subprocess.run([sys.executable, "-m", module, *words.split()], capture_output=True,
                          text=True)  # fmt: skip
    assert done.returncode == 0 and "lenet-verify" in done.stdout
