"""The report of the main job: rows as they come, tables, the exit status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from lenet_ref.errors import LeNetError
from verify.cases import idx, pace
from verify.cases.sweep import Sweep
from verify.checks import coverage
from verify.checks.check import Check
from verify.checks.outcome import status
from verify.cli.options import RunRequest
from verify.cli.resuming import concerned
from verify.cli.telling import Telling
from verify.cli.tracks import Tracks
from verify.judge.conclude.tally import Tally
from verify.pipeline.run import Settings, exact
from verify.proof.self_test import prove_tables
from verify.report import checks as check_rows
from verify.report import files, kept, page, screen
from verify.report.account import Account
from verify.report.checkpoint import Checkpoint
from verify.report.files import write_csv
from verify.report.formats import DIFF, FORMATS
from verify.report.frame import framed
from verify.report.share import Share
from verify.report.stamp import digest
from verify.report.streams import RowFiles
from verify.report.tables import COVERAGE_COLUMNS, LAYER_COLUMNS, SUMMARY_COLUMNS, Tables
from verify.report.unfinished import PARTIAL, told_in


def reported(
    asked: RunRequest,
    place: Path,
    sweep: Sweep,
    settings: Settings,
    checks: list[Check],
    shares: Iterator[Share],
    teller: Telling,
    start: Checkpoint,
) -> tuple[list[str], int]:
    """Take what comes of each job, write the report; what is to be printed, and the exit status.

    Args:
        start: how far an earlier run had come; shares are of the jobs that it tells of, and of
            those after it.
    Raises:
        HarnessError: the tables cannot be trusted.
    """
    prove_tables()
    tracks = Tracks(place, partial(concerned, asked, settings), start.done)
    report = Report(asked, place, sweep.total, tracks)
    report.goes_on(start, shares)
    with report.stoppable():
        report.take(shares, start)
        if asked.planned and not asked.tensor:
            others = asked.chosen.networks
            checks += coverage.check(asked.variants, {*report.tables.sums.cells}, others)
            cells = report.tables.coverage(asked.variants, others)
            write_csv(place / "coverage.csv", COVERAGE_COLUMNS, cells)
        report.write(checks)
        page.finished(place, stamp(asked, sweep, report, settings), asked.html)
    teller.told = report.account(checks, teller.command) if teller.wanted else None
    return show(asked.out, report, checks)


class Report:
    """What is kept of a run: typed counts, and what the tables are made from."""

    def __init__(self, asked: RunRequest, place: Path, cases: int, tracks: Tracks) -> None:
        self._asked, self._place, self._total, self._tracks = asked, place, cases, tracks
        self._rows: list[pd.DataFrame] = []
        self.tally, self.tables = Tally(), Tables()
        self.kept = kept.Kept()
        self._parts = FORMATS[asked.format]

    def goes_on(self, start: Checkpoint, shares: Iterator[Share]) -> None:
        """After an earlier run, if there was one.  shares: of the jobs that it tells of."""
        for number, share in zip(start.telling, shares, strict=False):
            self._count(number, share)
        if start.done:
            self.tally.restore(start.tally)
            self.tables.sums.restore(start.sums)

    def take(self, shares: Iterable[Share], start: Checkpoint) -> None:
        """Count what comes of each job, and append its rows to their files."""
        every = pace.counted(shares, self._total, "case", start.done)
        with RowFiles(self._place, self._parts, start.files) as rows:
            try:
                for number, share in enumerate(every, start.done):
                    with self._tracks.step(number):
                        self._count(number, share)
                        rows.add(share)
                    self._tracks.leave(rows, self.state)
            except BaseException:
                with suppress(LeNetError):
                    self._tracks.leave(rows, self.state, now=True)
                raise

    def _count(self, number: int, share: Share) -> None:
        self.tally.merge(share.tally)
        self.tables.sums.merge(share.sums)
        for finding in share.failing:
            self._tracks.see(number, finding)
            self.kept.add(finding)
        self._rows += [framed(share.values)] if self._asked.outputs.rows else []

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """Rows so far are kept, and where a run can go on.

        Raises:
            KeyboardInterrupt: with their place.
        """
        try:
            yield
        except KeyboardInterrupt:
            if not (self.tally.rows and any(self._place.glob(f"*{PARTIAL}"))):
                raise
            out = self._asked.out
            place = files.partial(out / DIFF) if DIFF in self._parts else out
            more = "; --resume goes on with them" if told_in(self._place).exists() else ""
            raise KeyboardInterrupt(f"{self.tally.rows} rows are in {place}{more}") from None

    def state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of tally and tables."""
        return self.tally.state(), self.tables.sums.state()

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


def stamp(asked: RunRequest, sweep: Sweep, report: Report, settings: Settings) -> dict[str, Any]:
    """What was run: level, seeds, and a hash of the weights of each variant's first case."""
    seeds = report.tables.seeds
    whole = [job for job in sweep.each if not job.regime.startswith("probe")]
    first = {job.variant: exact(job, settings) for job in reversed(whole)}
    weights = {
        variant: digest(job.case(settings.data, settings.weights.get(variant)).parameters)
        for variant, job in first.items()
    }
    return {
        "level": asked.level,
        "cases": sweep.total,
        "seeds": f"{min(seeds)} to {max(seeds)}" if seeds else "none",
        "data": "packaged digits" if asked.data == idx.PACKAGED else str(asked.data),
        "weights_sha256": weights,
    }


def show(out: Path, report: Report, checks: list[Check]) -> tuple[list[str], int]:
    """The tables and the verdict, and the exit status."""
    tally = report.tally
    told = [screen.tables(report.layers), "", *screen.broken(checks), *screen.failures(tally)]
    told += [f"report in {out}", screen.closing(tally, checks, report.cases)]
    return told, status(tally, checks)
