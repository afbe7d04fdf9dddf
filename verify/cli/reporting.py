"""The report of the main job: rows as they come, tables, the exit status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from verify.cases import idx, pace
from verify.cases.plan import Job
from verify.checks import coverage
from verify.checks.check import Check
from verify.checks.outcome import status
from verify.cli.options import RunRequest
from verify.cli.telling import Telling
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.pipeline.run import Settings
from verify.proof.self_test import prove_tables
from verify.report import checks as check_rows
from verify.report import kept, page, screen
from verify.report import rows as report_rows
from verify.report.account import Account
from verify.report.files import CsvFile, partial, write_csv
from verify.report.frame import frame
from verify.report.stamp import digest
from verify.report.tables import COVERAGE_COLUMNS, LAYER_COLUMNS, SUMMARY_COLUMNS, Tables


def reported(
    asked: RunRequest,
    place: Path,
    jobs: list[Job],
    settings: Settings,
    checks: list[Check],
    findings: Iterable[list[Finding]],
    teller: Telling,
) -> tuple[list[str], int]:
    """Take the findings of each job, write the report; what is to be printed, and the exit status.

    Raises:
        HarnessError: the tables cannot be trusted.
    """
    prove_tables()
    report = Report(asked, place, len(jobs))
    report.take(findings)
    if asked.planned and not asked.tensor:
        others = asked.chosen.networks
        checks += coverage.check(asked.variants, report.coverage.covered, others)
        cells = report.tables.coverage(asked.variants, others)
        write_csv(place / "coverage.csv", COVERAGE_COLUMNS, cells)
    report.write(checks)
    page.finished(place, stamp(asked, jobs, settings), asked.html)
    teller.told = report.account(checks, teller.command) if teller.wanted else None
    return show(asked.out, report, checks)


DIFF = "diff.csv"
CHUNK = 512
"""Findings that are made into one table; those of a small case alone would be a slow one."""


class Report:
    """What is kept of a run: typed counts, and what the tables are made from."""

    def __init__(self, asked: RunRequest, place: Path, jobs: int) -> None:
        self._asked, self._place, self._jobs = asked, place, jobs
        self._waiting: list[Finding] = []
        self._rows: list[pd.DataFrame] = []
        self.tally, self.tables, self.coverage = Tally(), Tables(), coverage.Coverage()
        self.kept = kept.Kept()

    def take(self, findings: Iterable[list[Finding]]) -> None:
        """Count the findings of each job, and append them to diff.csv as they come.

        Raises:
            KeyboardInterrupt: with the place where the rows so far were kept.
        """
        with CsvFile(self._place / DIFF, report_rows.COLUMNS, keep=True) as file:
            try:
                for each in pace.counted(findings, self._jobs, "case"):
                    self._count(each)
                    if len(self._waiting) >= CHUNK:
                        self._append(file)
            except KeyboardInterrupt:
                self._append(file)
                kept = f"{self.tally.rows} rows are in {partial(self._asked.out / DIFF)}"
                raise KeyboardInterrupt(*[kept] * bool(self.tally.rows)) from None
            self._append(file)

    def _count(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.tally.add(finding)
            self.kept.add(finding)
            self.coverage.add(finding)
            self._waiting.append(finding)

    def _append(self, file: CsvFile) -> None:
        """What waits, as one table."""
        chunk = frame(self._waiting)
        self.tables.add(chunk)
        shown = chunk[chunk["verdict"] != Verdict.PASS] if self._asked.failing else chunk
        file.add(shown)
        self._rows += [shown] if self._asked.outputs.rows else []  # no memory where none is asked
        self._waiting = []

    @cached_property
    def layers(self) -> pd.DataFrame:
        """The rows of layers.csv, when all were taken."""
        return self.tables.layers(self.tally.order)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The rows of summary.csv, when all were taken."""
        return self.tables.summary()

    @property
    def cases(self) -> int:
        """How many there were, when all were taken."""
        return int(self.summary["seeds"].sum())

    def account(self, checks: Sequence[Check], command: str) -> Account:
        """What there is to tell besides the tables; each row has a command of its own."""
        return Account(self.tally, tuple(checks), self.layers, self.cases, tuple(self._rows),
                       again=command)  # fmt: skip

    def write(self, checks: Sequence[Check]) -> None:
        """layers.csv, summary.csv, checks.csv, and what pictures of failing tensors need."""
        out = self._place
        write_csv(out / "layers.csv", LAYER_COLUMNS, self.layers)
        write_csv(out / "summary.csv", SUMMARY_COLUMNS, self.summary)
        write_csv(out / "checks.csv", check_rows.COLUMNS, map(check_rows.row, checks))
        self.kept.said = (*screen.failures(self.tally), *screen.broken(checks))
        kept.write(self.kept, out)


def stamp(asked: RunRequest, jobs: list[Job], settings: Settings) -> dict[str, Any]:
    """What was run: level, seeds, and a hash of the weights of each variant's first case."""
    seeds = sorted({job.seed for job in jobs})
    first = {job.variant: job for job in reversed(jobs) if not job.regime.startswith("probe")}
    weights = {
        variant: digest(job.case(settings.data, settings.weights.get(variant)).parameters)
        for variant, job in first.items()
    }
    return {
        "level": asked.level,
        "cases": len(jobs),
        "seeds": f"{seeds[0]} to {seeds[-1]}" if seeds else "none",
        "data": "packaged digits" if asked.data == idx.PACKAGED else str(asked.data),
        "weights_sha256": weights,
    }


def show(out: Path, report: Report, checks: list[Check]) -> tuple[list[str], int]:
    """The tables and the verdict, and the exit status."""
    tally = report.tally
    told = [screen.tables(report.layers), "", *screen.broken(checks), *screen.failures(tally)]
    told += [f"report in {out}", screen.closing(tally, checks, report.cases)]
    return told, status(tally, checks)
