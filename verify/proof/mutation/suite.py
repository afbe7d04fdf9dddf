"""Unit tests as what tries to kill a mutant: the nearest first, then the quickest."""

from __future__ import annotations

import contextlib
import io
import shutil
import signal
import sys
import sysconfig
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["COLLECTED", "FAILED", "FEW", "LEAST", "TIMES", "Suite", "near"]
LEAST, TIMES = 20.0, 20.0
"""A test is out of time after so many seconds, and so many times what it took unmutated."""
COLLECTED = 100.0
"""Seconds until the first test: 2, and the clock of a test before must not run on."""
FEW, FAILED = 4, 1
"""How many tests are tried by themselves; what pytest ends with when one of them fails."""


class Suite:
    """Tests that pass unmutated, how long each takes then, and what they killed.

    Args:
        paths: files and folders, none inside another: of what is named twice pytest forgets the
            first.
        ignored: files below them that are not tried.
    """

    def __init__(self, paths: Sequence[Path], ignored: Sequence[Path] = ()) -> None:
        self._all = [*(f"--ignore={path}" for path in ignored), *map(str, paths)]
        self._folder = tempfile.mkdtemp()  # children tell the next ones by files
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.seconds: dict[str, float] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Suite) and self._all == other._all

    def __hash__(self) -> int:
        return hash(tuple(self._all))

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process, or on another machine, tests take what they take there."""
        return _of, (tuple(self._all),)

    def passes(self, module: str = "") -> bool:
        """All pass, with a module mutated or without; the first that fails ends them.

        What killed the module's mutants before is tried by itself: most die of the same few.
        """
        before = set(sys.modules)
        told = Path(self._folder) / (module or "none")
        recent = told.read_text().splitlines()[::-1] if told.exists() else []
        hooks = _Hooks(self.seconds, module, told)
        alive = not recent or _run(list(dict.fromkeys(recent))[:FEW], hooks) != FAILED
        passed = alive and _run(self._all, hooks) == 0
        _forget(before)
        return passed


def _of(words: tuple[str, ...]) -> Suite:
    found = Suite(())
    found._all = [*words]
    return found


def _run(words: list[str], hooks: _Hooks) -> int:
    import pytest

    if hooks.module:
        signal.setitimer(signal.ITIMER_REAL, COLLECTED)
    # of an install that can be edited pytest would rewrite our own package, which is here already
    known = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    quiet = ("-x", "-q", "-p", "no:cacheprovider", "--no-header", "-W", known)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return int(pytest.main([*quiet, *words], plugins=[hooks]))


class _Hooks:
    """What pytest calls: measures if nothing is mutated; otherwise orders, limits, tells."""

    def __init__(self, seconds: dict[str, float], module: str, told: Path) -> None:
        self._seconds, self.module, self._told = seconds, module, told
        self._paths: dict[str, Path] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        self._paths = {item.nodeid: item.path for item in items}
        if self.module:
            items.sort(key=lambda i: (-near(i.nodeid, self.module), self._known(i.nodeid)))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self.module:
            signal.setitimer(signal.ITIMER_REAL, LEAST + TIMES * self._known(nodeid))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if not self.module:
            self._seconds[report.nodeid] = self._known(report.nodeid) + report.duration
        elif report.failed:
            test = report.nodeid.partition("::")[2]
            with self._told.open("a", encoding="utf-8") as file:
                file.write(f"{self._paths[report.nodeid]}::{test}\n")

    def _known(self, nodeid: str) -> float:
        return self._seconds.get(nodeid, 0.0)  # a mutant may have tests of its own


def _forget(before: set[str]) -> None:
    """Tests are imported anew with each mutant; what is installed, as Hypothesis, stays."""
    installed = {sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")}
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        ours = name.partition(".")[0] in ("lenet_ref", "verify")
        if file and not ours and not installed.intersection(map(str, Path(file).parents)):
            del sys.modules[name]


def near(nodeid: str, module: str) -> int:
    """How many names of a module the path of a test holds: its room, its file."""
    parts = Path(nodeid.partition("::")[0]).with_suffix("").parts
    found = {part.removeprefix("test_") for part in parts}
    return len(found.intersection(module.split(".")[1:]))
