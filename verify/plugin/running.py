"""A run of pytest with subjects: what is collected, what is told at the end, what workers know."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from verify.pipeline.usable import drawn_seed
from verify.plugin import told
from verify.plugin.items import Ledger, Subject
from verify.plugin.judging import Bench
from verify.plugin.ledger import Entry, read, unmatched
from verify.plugin.request import Asked, settled
from verify.plugin.settings import Named, home, text

__all__ = ["Running", "begin"]


def begin(config: pytest.Config, subjects: Sequence[Named]) -> None:
    """Take part in the run, if the subjects are meant.

    Raises:
        LeNetError: what is said of a subject, or the ledger, cannot be used.
    """
    given: dict[str, Any] = getattr(config, "workerinput", {}).get("lenet", {})
    seed = given.get("seed") if given else drawn_seed()
    asked = [settled(each, seed or 0) for each in subjects]
    mine = _chosen(config, asked)  # a worker has the same words, and looks for them, too
    chosen = given.get("chosen") if given else mine
    if given and given["alone"]:
        config.args = []
    if chosen is None:
        return
    running = Running(config, asked, chosen, {"seed": seed, "chosen": chosen,
                                              "alone": not config.args})  # fmt: skip
    config.pluginmanager.register(running, "lenet_running")


def _chosen(config: pytest.Config, asked: Sequence[Asked]) -> list[str] | None:
    """The ids that were named, which pytest itself must not look for; empty: all; None: paths were
    named, and none is the subject's."""
    files = {each.file for each in asked}
    mine = [arg for arg in config.args if _split(arg)[0] in files and _split(arg)[1]]
    explicit = config.args_source is pytest.Config.ArgsSource.ARGS
    others = [arg for arg in config.args if arg not in mine]
    config.args = others
    if mine or not explicit or config.getoption("lenet_subject"):
        return [_split(arg)[1] for arg in mine]
    above = [Path(config.rootpath), *Path(config.rootpath).parents]
    whole = any(Path(arg).resolve() in above for arg in others)
    return [] if whole else None


def _split(arg: str) -> tuple[str, str]:
    """student.py::lenet[C3.dW-digits-float64-N7]: the file as ids begin with it, and the name."""
    file, _, name = arg.partition("::")
    file = os.path.relpath(file) if Path(file).is_absolute() else os.path.normpath(file)
    return file, name if name.startswith("lenet[") else ""


class Running:
    """The hooks of a run.

    asked: subjects; chosen: ids, if not all; shared: what a worker of xdist is told.
    """

    def __init__(
        self, config: pytest.Config, asked: Sequence[Asked], chosen: Sequence[str], shared: Any
    ) -> None:
        self.config, self.asked, self.chosen, self.shared = config, asked, chosen, shared
        self.bench, self.endings = Bench(), dict[str, list[str]]()
        self.torn = dict[str, list[str]]()
        word, typed = text(config, "expected")
        self.ledger = (Path() if typed else home(config)) / word if word else None
        self.entries: list[Entry] = read(self.ledger, word) if self.ledger else []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Subjects stand beside the folders and files of the session."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            report.result = [*(report.result or ()), *self._collectors(collector)]
        elif isinstance(collector, Subject) and self.chosen and report.passed:
            report.result = [each for each in report.result or () if each.name in self.chosen]
        return report

    def _collectors(self, session: pytest.Session) -> list[pytest.Collector]:
        found = []
        for asked in self.asked:
            path = Path.cwd() / asked.file
            subject: Subject = Subject.from_parent(session, path=path)
            subject.asked, subject.entries = asked, self.entries
            subject.sitting = partial(self.bench.sitting, asked)
            found.append(subject)
        names = [name for subject in found for name in subject.words()]
        if lost := [each for each in self.chosen if each[6:-1] not in names]:
            raise pytest.UsageError(f"no such test of a subject: {', '.join(lost[:3])}"
                                    " (pytest --collect-only -q lists them)")  # fmt: skip
        return [*found, *self._stale(session, unmatched(self.entries, names))]

    def _stale(self, session: pytest.Session, stale: Sequence[Entry]) -> list[pytest.Collector]:
        if not stale or self.ledger is None or self.chosen:
            return []
        ledger: Ledger = Ledger.from_parent(session, path=self.ledger.resolve())
        ledger.stale = stale
        return [ledger]

    def pytest_report_header(self) -> list[str]:
        """Which subjects, in how many cases."""
        return [f"lenet: {told.header(each)}" for each in self.asked]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """What a worker must know to have the same tests."""
        node.workerinput["lenet"] = self.shared

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The conclusions about each subject that was judged; a worker hands them over."""
        brief = self.config.get_verbosity() < 0
        for asked in self.asked:
            sitting = self.bench.sittings.get(asked.named.name)
            if sitting is not None:
                self.endings[told.title(asked)] = told.ending(sitting, brief)
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["lenet"] = self.endings
        elif self.torn and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker hands over; two that judged one subject should say the same."""
        for name, lines in getattr(node, "workeroutput", {}).get("lenet", {}).items():
            if self.endings.setdefault(name, lines) != lines:
                self.torn[name] = lines

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The conclusions, before pytest's own list; both, where two workers disagree."""
        other = {f"{name}, in another worker, which disagrees": v for name, v in self.torn.items()}
        for name, lines in (self.endings | other).items():
            if lines or name in self.torn or name in other:
                terminalreporter.write_sep("=", f"lenet: {name}")
                for line in lines or ["all right"]:
                    terminalreporter.write_line(line)
