"""``lenet-verify``: the main job."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from lenet_ref.architecture import VARIANTS
from verify.cases import idx
from verify.cases.machine import must_fit
from verify.cases.options import architecture_options
from verify.cases.plan import Job, plan, product
from verify.cases.regimes import make_arch, make_case
from verify.cases.weights import load_weights
from verify.checks import coverage
from verify.checks.check import Check
from verify.checks.derivatives import derivative_checks
from verify.checks.lifecycle import lifecycle, lifecycle_of_probes
from verify.checks.untraced import untraced_check
from verify.cli.options import parsed
from verify.errors import InputError
from verify.judge.kinks import kink_free
from verify.judge.verdict import Verdict
from verify.pipeline.run import Settings, results
from verify.proof.conventions import convention_checks
from verify.proof.self_test import prove_gate
from verify.report import checks as check_rows
from verify.report import rows as report_rows
from verify.report import screen
from verify.report.files import CsvFile, claimed, write_csv
from verify.report.screen import printed, progress
from verify.report.stamp import digest, write_stamp
from verify.report.totals import LAYER_COLUMNS, SUMMARY_COLUMNS, Totals, status
from verify.subjects.reference import reference

MOST_CASES = 10**6


def main(words: Sequence[str]) -> int:
    """Judge the reference, write the report, print the tables."""
    asked = parsed(words)
    jobs = feasible(asked)
    with claimed(asked.out):
        return judged(asked, [kink_free(job) for job in jobs])


def feasible(asked: argparse.Namespace) -> list[Job]:
    """The cases asked for.

    Raises:
        InputError: more than can be listed, or larger than fits into memory.
    """
    few = (asked.seeds or 1) <= MOST_CASES
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


def judged(asked: argparse.Namespace, jobs: list[Job]) -> int:
    """Judge them, write the report, print the tables."""
    settings = shared_settings(asked)
    idx.read_digits(asked.data)
    for job in {(j.variant, j.options): j for j in jobs}.values():
        job.case(settings.data, settings.weights.get(job.variant))
    checks = prove_gate()
    selected = bool(asked.tensor)
    checks += [] if selected else list(state_checks(asked, settings))
    totals, covered = judge_all(asked, jobs, settings)
    if level(asked) in ("default", "full") and not selected:
        cells = list(covered.rows(variants(asked)))
        checks += coverage.check(cells)
        write_csv(asked.out / "coverage.csv", coverage.COLUMNS, cells)
    write_small_files(asked, jobs, settings, totals, checks)
    return show(asked.out, totals, checks)


def level(asked: argparse.Namespace) -> str:
    """quick, default, full, or "product" when cases were chosen by hand."""
    if asked.quick or asked.full:
        return "quick" if asked.quick else "full"
    by_hand = asked.tier or asked.dtype or asked.batch or asked.regime or asked.option
    return "product" if by_hand or asked.weights else "default"


def variants(asked: argparse.Namespace) -> tuple[str, ...]:
    """The variants asked for."""
    return VARIANTS if asked.variant == "both" else (asked.variant,)


def chosen_jobs(asked: argparse.Namespace) -> Iterator[Job]:
    """The plan of a level, or every combination asked for."""
    first = asked.seed or 0
    seeds = range(asked.seeds) if asked.seeds else range(first, first + 1)
    if level(asked) != "product":
        return plan(level(asked), variants(asked), seeds)
    tier = asked.tier or asked.dtype
    return product(
        variants(asked),
        tuple(asked.regime or ("digits",)),
        (tier,) if tier else ("float64", "float32"),
        tuple(asked.batch or (1, 7)),
        seeds,
        architecture_options(asked.option),
    )


def shared_settings(asked: argparse.Namespace) -> Settings:
    """Data and weights, read and checked once."""
    if asked.weights is None:
        return Settings(data=asked.data, tensor=asked.tensor)
    arch = make_arch(asked.variant, dict(architecture_options(asked.option)))
    weights = {asked.variant: load_weights(asked.weights, arch)}
    flag = f"--weights {asked.weights}"
    return Settings(data=asked.data, weights=weights, weights_flag=flag, tensor=asked.tensor)


def state_checks(asked: argparse.Namespace, settings: Settings) -> Iterator[Check]:
    """Lifecycle and untraced path of each variant on three digits, lifecycle of probes."""
    for variant in variants(asked):
        case = make_case(variant, "digits", "float64", 3, asked.seed or 0, data=settings.data)
        yield from lifecycle(settings.subject, case)
        drawn = make_case(variant, "competitive", "float64", 3, asked.seed or 0, data=settings.data)
        yield untraced_check(replace(drawn, upstream=None))
    if level(asked) in ("default", "full"):
        yield from lifecycle_of_probes(settings.subject, variants(asked))
        yield from derivative_checks(reference, level(asked) == "full")
    if level(asked) == "full":
        yield from convention_checks()


def judge_all(
    asked: argparse.Namespace, jobs: list[Job], settings: Settings
) -> tuple[Totals, coverage.Coverage]:
    """Judge every job, streaming rows to diff.csv."""
    totals, covered = Totals(), coverage.Coverage()
    with ExitStack() as stack:
        file = stack.enter_context(CsvFile(asked.out / "diff.csv", report_rows.COLUMNS))
        workers = min(asked.jobs, len(jobs))
        for done, rows in enumerate(results(jobs, settings, workers), 1):
            for row in rows:
                totals.add(row)
                covered.add(row)
            wanted = [r for r in rows if asked.rows == "all" or r["verdict"] is not Verdict.PASS]
            file.add(wanted)
            progress(done, len(jobs), "case")
    return totals, covered


def write_small_files(
    asked: argparse.Namespace,
    jobs: list[Job],
    settings: Settings,
    totals: Totals,
    checks: list[Check],
) -> None:
    """layers.csv, summary.csv, checks.csv and the environment stamp."""
    out: Path = asked.out
    write_csv(out / "layers.csv", LAYER_COLUMNS, totals.layer_rows())
    write_csv(out / "summary.csv", SUMMARY_COLUMNS, totals.summary_rows())
    write_csv(out / "checks.csv", check_rows.COLUMNS, map(check_rows.row, checks))
    write_stamp(out / "environment.json", stamp(asked, jobs, settings))


def stamp(asked: argparse.Namespace, jobs: list[Job], settings: Settings) -> dict[str, Any]:
    """What was run: level, seeds, and a hash of the weights of each variant's first case."""
    seeds = sorted({job.seed for job in jobs})
    first = {job.variant: job for job in reversed(jobs) if not job.regime.startswith("probe")}
    weights = {
        variant: digest(job.case(settings.data, settings.weights.get(variant)).parameters)
        for variant, job in first.items()
    }
    return {
        "level": level(asked),
        "cases": len(jobs),
        "seeds": f"{seeds[0]} to {seeds[-1]}" if seeds else "none",
        "data": "packaged digits" if asked.data == idx.PACKAGED else str(asked.data),
        "weights_sha256": weights,
    }


def show(out: Path, totals: Totals, checks: list[Check]) -> int:
    """Print the tables and the verdict."""
    closing = screen.closing(totals, checks, out)
    printed(screen.tables(totals), "", *screen.failures(totals, checks), closing)
    return status(totals, checks)
