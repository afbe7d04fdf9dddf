"""Both archives of the checkout; the wheel unpacked as pip does; an empty folder to work in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment
from tests.warm import ran


@dataclass(frozen=True)
class Built:
    """wheel, sdist: the archives; installed: the wheel, unpacked; empty: a folder."""

    wheel: Path
    sdist: Path
    installed: Path
    empty: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, with nothing of the checkout in reach."""
        return self.python("-m", "verify", *words)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Words for the interpreter, likewise."""
        found = environment(PYTHONPATH=str(self.installed))
        return ran(words, self.empty, found)


def done(words: Sequence[str], where: Path) -> None:
    """A module that must succeed."""
    subprocess.run([sys.executable, "-m", *words], cwd=where, check=True, capture_output=True)


def build(top: Path) -> Built:
    """Below a folder."""
    done(["hatchling", "build", "-d", str(top / "dist")], ROOT)
    (wheel,), (sdist,) = top.glob("dist/*.whl"), top.glob("dist/*.tar.gz")
    installed, empty = top / "installed", top / "empty"
    empty.mkdir()
    words = ["pip", "install", "-q", "--no-deps", "--no-index", "--target", str(installed)]
    done([*words, str(wheel)], empty)
    return Built(wheel, sdist, installed, empty)
