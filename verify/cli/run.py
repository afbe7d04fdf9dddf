"""``lenet-verify``: the main job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from verify.cases import idx
from verify.cases.machine import must_fit
from verify.cases.plan import Job, plan, product
from verify.cases.regimes import make_arch, make_case
from verify.cases.weights import load_weights
from verify.checks import coverage
from verify.checks.check import Check
from verify.checks.derivatives import derivative_checks
from verify.checks.lifecycle import lifecycle, lifecycle_of_probes
from verify.checks.outcome import status
from verify.checks.untraced import untraced_check
from verify.cli.options import RunRequest, requested
from verify.errors import InputError
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.kinks import kink_free
from verify.judge.verdict import Verdict
from verify.pipeline.run import Settings, judging
from verify.proof.conventions import convention_checks
from verify.proof.self_test import prove_gate
from verify.report import checks as check_rows
from verify.report import rows as report_rows
from verify.report import screen
from verify.report.files import CsvFile, claimed, write_csv
from verify.report.frame import frame
from verify.report.screen import printed, progress
from verify.report.stamp import digest, write_stamp
from verify.report.tables import COVERAGE_COLUMNS, LAYER_COLUMNS, SUMMARY_COLUMNS, Tables
from verify.subjects.reference import reference

MOST_CASES = 10**6


def main(words: Sequence[str]) -> int:
    """Judge the reference, write the report, print the tables."""
    asked = requested(words)
    jobs = feasible(asked)
    with claimed(asked.out):
        return judged(asked, [kink_free(job) for job in jobs])


def feasible(asked: RunRequest) -> list[Job]:
    """The cases asked for.

    Raises:
        InputError: more than can be listed, or larger than fits into memory.
    """
    few = asked.seeds.stop - asked.seeds.start <= MOST_CASES  # len() has a limit of its own
    jobs = list(islice(chosen_jobs(asked), MOST_CASES + 1)) if few else []
    if not few or len(jobs) > MOST_CASES:
        raise InputError("too many cases", where="--seeds, --batch", expected=MOST_CASES)
    largest: dict[tuple[Any, ...], int] = {}
    for job in jobs:
        key = job.variant, job.options
        largest[key] = max(job.batch, largest.get(key, 0))
    for (variant, options), batch in largest.items():
        must_fit(make_arch(variant, dict(options)), batch, "--batch", min(asked.jobs, len(jobs)))
    return jobs


def chosen_jobs(asked: RunRequest) -> Iterator[Job]:
    """The plan of a level, or every combination asked for."""
    if asked.level != "product":
        return plan(asked.level, asked.variants, asked.seeds)
    return product(
        asked.variants, asked.regimes, asked.tiers, asked.batches, asked.seeds, asked.options
    )


def judged(asked: RunRequest, jobs: list[Job]) -> int:
    """Judge them, write the report, print the tables."""
    settings = shared_settings(asked)
    idx.read_digits(asked.data)
    for job in {(j.variant, j.options): j for j in jobs}.values():
        job.case(settings.data, settings.weights.get(job.variant))
    # the workers judge while the gate is proved; what they find is looked at if it is sound
    with judging(jobs, settings, min(asked.jobs, len(jobs))) as findings:
        checks = prove_gate()
        checks += [] if asked.tensor else list(state_checks(asked, settings))
        report = Report(asked, len(jobs))
        report.take(findings)
    if asked.planned and not asked.tensor:
        checks += coverage.check(asked.variants, report.coverage.covered)
        cells = report.tables.coverage(asked.variants)
        write_csv(asked.out / "coverage.csv", COVERAGE_COLUMNS, cells)
    report.write(checks)
    write_stamp(asked.out / "environment.json", stamp(asked, jobs, settings))
    return show(asked.out, report, checks)


class Report:
    """What is kept of a run: typed counts, and what the tables are made from."""

    def __init__(self, asked: RunRequest, jobs: int) -> None:
        self._asked, self._jobs = asked, jobs
        self.tally, self.tables, self.coverage = Tally(), Tables(), coverage.Coverage()

    def take(self, findings: Iterable[list[Finding]]) -> None:
        """Count the findings of each job, and append them to diff.csv as they come."""
        with CsvFile(self._asked.out / "diff.csv", report_rows.COLUMNS) as file:
            for done, each in enumerate(findings, 1):
                for finding in each:
                    self.tally.add(finding)
                    self.coverage.add(finding)
                chunk = frame(each)
                self.tables.add(chunk)
                file.add(chunk[chunk["verdict"] != Verdict.PASS] if self._asked.failing else chunk)
                progress(done, self._jobs, "case")

    def layers(self) -> pd.DataFrame:
        """The rows of layers.csv."""
        return self.tables.layers(self.tally.order)

    def write(self, checks: Sequence[Check]) -> None:
        """layers.csv, summary.csv and checks.csv."""
        out = self._asked.out
        write_csv(out / "layers.csv", LAYER_COLUMNS, self.layers())
        write_csv(out / "summary.csv", SUMMARY_COLUMNS, self.tables.summary())
        write_csv(out / "checks.csv", check_rows.COLUMNS, map(check_rows.row, checks))


def shared_settings(asked: RunRequest) -> Settings:
    """Data and weights, read and checked once."""
    if asked.weights is None:
        return Settings(data=asked.data, tensor=asked.tensor)
    (variant,) = asked.variants
    weights = {variant: load_weights(asked.weights, make_arch(variant, dict(asked.options)))}
    flag = f"--weights {asked.weights}"
    return Settings(data=asked.data, weights=weights, weights_flag=flag, tensor=asked.tensor)


def state_checks(asked: RunRequest, settings: Settings) -> Iterator[Check]:
    """Lifecycle and untraced path of each variant on three digits, lifecycle of probes."""
    first = asked.seed
    for variant in asked.variants:
        case = make_case(variant, "digits", "float64", 3, first, data=settings.data)
        yield from lifecycle(settings.subject, case)
        drawn = make_case(variant, "competitive", "float64", 3, first, data=settings.data)
        yield untraced_check(replace(drawn, upstream=None))
    if asked.planned:
        yield from lifecycle_of_probes(settings.subject, asked.variants)
        yield from derivative_checks(reference, asked.level == "full")
    if asked.level == "full":
        yield from convention_checks()


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


def show(out: Path, report: Report, checks: list[Check]) -> int:
    """Print the tables and the verdict."""
    tally, cases = report.tally, int(report.tables.summary()["seeds"].sum())
    printed(screen.tables(report.layers()), "", *screen.failures(tally), *screen.broken(checks),
            screen.closing(tally, checks, cases, out))  # fmt: skip
    return status(tally, checks)
