"""Completion in a shell, asked as a shell asks: by the protocol of argcomplete."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lenet_ref.networks import PRESETS
from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment
from verify.cases.probes import PROBES
from verify.cases.regimes import REGIMES
from verify.cli import COMMANDS

argcomplete = pytest.importorskip("argcomplete", reason="needs lenet-verify[completion]")
ENTRY = "from verify.cli import entry; entry()"
LOADED = """
import atexit, os, sys
stop = os._exit
def told(status):
    found = [name for name in ("torch._C", "pandas._libs") if name in sys.modules]
    sys.stderr.write("slow: " + " ".join(found))
    sys.stderr.flush(); stop(status)
os._exit = told
from verify.cli import entry; entry()
"""


def offered(line: str, where: Path, code: str = ENTRY) -> tuple[list[str], str]:
    """Words for the end of a line, and what was said on standard error."""
    reading, writing = os.pipe()
    others = {
        "_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": "\n", "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(where / "answer"),
        "COMP_LINE": line, "COMP_POINT": str(len(line.encode())), "COMP_TYPE": "9",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=where, env=environment(**others), text=True,
        capture_output=True, timeout=60, pass_fds=(writing,),
    )  # fmt: skip
    os.close(reading)
    os.close(writing)
    answer = where / "answer"
    return answer.read_text().split("\n") if answer.exists() else [], done.stderr


OFFERED = {
    "lenet-verify che": {"check"},
    "lenet-verify check --net": {"--network"},
    "lenet-verify check --require g": {"gradients"},
    "lenet-verify networks --show d": {"d2l", "distances-softmax"},
    "lenet-verify explain C3.dW": {"C3.dW"},
    "lenet-verify explain --network d2l S2.d": {"S2.dy", "S2.dz", "S2.da", "S2.dx"},
    "lenet-verify --quick --tensor F6.d": {"F6.dy", "F6.dz", "F6.da", "F6.dx", "F6.dW", "F6.db"},
    "lenet-verify --color n": {"never"},
    "lenet-verify check --color n": {"never"},
    "lenet-verify --vers": {"--version"},
    "lenet-verify golden --regime int": set(),
    "lenet-verify check mine.": {"mine.py", "mine.toml"},
    "lenet-verify nonsense --": {"--help"},
}


@pytest.mark.parametrize("line", OFFERED)
def test_what_is_offered(line: str, tmp_path: Path) -> None:
    for name in ("mine.py", "mine.toml"):
        (tmp_path / name).touch()
    found = {word.strip() for word in offered(line, tmp_path)[0]} - {""}
    assert OFFERED[line] <= found if line.endswith("--") else found == OFFERED[line]


def test_all_that_there_is_is_offered(tmp_path: Path) -> None:
    assert {*COMMANDS} <= {word.strip() for word in offered("lenet-verify ", tmp_path)[0]}
    regimes = {word.strip() for word in offered("lenet-verify --regime ", tmp_path)[0]}
    assert {*REGIMES, *PROBES} <= regimes
    (tmp_path / "mine.toml").touch()
    networks = {word.strip() for word in offered("lenet-verify map --network ", tmp_path)[0]}
    assert {*PRESETS, "mine.toml"} <= networks


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_it_is_quick_for_every_command(command: str, tmp_path: Path) -> None:
    """What takes a second to import is not imported."""
    found, err = offered(f"lenet-verify {command} --", tmp_path, LOADED)
    assert err == "slow: "
    assert "--help" in {word.strip() for word in found}


def test_the_command_is_marked_for_shells_that_look_for_a_mark() -> None:
    assert "PYTHON_ARGCOMPLETE_OK" in (ROOT / "verify/cli/__init__.py").read_text()[:1024]


def test_without_the_library_nothing_happens(tmp_path: Path) -> None:
    code = f"import sys; sys.modules['argcomplete'] = None\n{ENTRY}"
    assert offered("lenet-verify che", tmp_path, code) == ([], "")
