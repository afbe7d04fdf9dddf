"""``lenet-verify``: the main job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from verify.cases import idx
from verify.cases import plan as plans
from verify.cases.machine import must_fit
from verify.cases.networks import make_arch
from verify.cases.plan import Job, plan, product
from verify.cases.probes import OPTIONS, described
from verify.cases.sweep import Sweep
from verify.cases.weights import load_weights
from verify.checks.check import Check
from verify.checks.derivatives import derivative_checks
from verify.checks.lifecycle import lifecycle, lifecycle_of_probes
from verify.cli.loading import loading
from verify.cli.options import RunRequest, parser, requested
from verify.cli.output import printed
from verify.cli.resuming import resumed
from verify.cli.telling import Telling, telling
from verify.cli.workforce import workers
from verify.errors import InputError
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.pipeline.run import Settings, exact, judging
from verify.pipeline.untraced import untraced_check
from verify.proof.conventions import convention_checks
from verify.proof.self_test import prove_gate
from verify.report.folder import claimed
from verify.report.formats import DIFF, FORMATS, PARQUET
from verify.report.share import Share, shared
from verify.subjects.reference import reference
from verify.words import nearest

__all__ = [
    "MOST_CASES",
    "MOST_OF_A_SEED",
    "answered",
    "chosen_jobs",
    "drawn",
    "feasible",
    "judged",
    "main",
    "parser",
    "probed",
    "requested",
    "share_of",
    "shared_settings",
    "state_checks",
]
MOST_CASES = 10**9
"""A year of a hundred processors."""
MOST_OF_A_SEED = 10**6


def main(words: Sequence[str]) -> int:
    """Judge the reference, write the report, print the tables."""
    with telling("", words) as teller:
        return answered(words, teller)


def answered(words: Sequence[str], teller: Telling) -> int:
    """The exit status; what was found is left with the teller."""
    asked = requested(words)
    teller.outputs = asked.outputs
    if asked.html:
        with loading():
            from verify.report.page import installed
        installed()
    if PARQUET in FORMATS[asked.format]:
        with loading():
            from verify.report.parquet import installed as writes_parquet
        writes_parquet()
    sweep = feasible(asked)
    settings = shared_settings(asked)
    idx.read_digits(asked.data)
    drawn(asked, sweep, settings)
    with claimed(asked.out, asked.resume) as place:
        lines, status = judged(asked, sweep, settings, place, teller)
    printed(*lines)
    return status


def drawn(asked: RunRequest, sweep: Sweep, settings: Settings) -> None:
    """A case of every network can be drawn, and one of them has the tensor asked for.

    Raises:
        InputError: it cannot, or none has.
    """
    known: set[str] = set()
    for job in {(j.variant, j.options, j.regime): j for j in sweep.each}.values():
        case = replace(exact(job, settings), batch=1).case(
            settings.data, settings.weights.get(job.variant)
        )
        known |= {step.tensor for step in steps(case.arch, case.upstream is not None)}
    if asked.tensor and asked.tensor not in known:
        raise InputError("no such tensor", where="--tensor", got=asked.tensor,
                         expected=nearest(asked.tensor, sorted(known)))  # fmt: skip


def judged(
    asked: RunRequest, sweep: Sweep, settings: Settings, place: Path, teller: Telling
) -> tuple[list[str], int]:
    """Judge them, write the report; what is to be printed, and the exit status."""
    start = resumed(asked, settings, place, sweep.total)
    jobs = chain(map(sweep.job, start.telling), sweep.jobs(start.done))
    every = (exact(job, settings) for job in jobs)
    with judging(every, settings, workers(asked.jobs, asked.dask), share_of(asked)) as shares:
        # while the workers judge
        checks = prove_gate()
        checks += [] if asked.tensor else list(state_checks(asked, settings))
        with loading():
            from verify.cli.reporting import reported

        return reported(asked, place, sweep, settings, checks, shares, teller, start)


def share_of(asked: RunRequest) -> Callable[[list[Finding]], Share]:
    """What is told of a job's findings: rows as they are written, and those that fail."""
    names = FORMATS[asked.format]
    return partial(shared, failing=asked.failing, texts=DIFF in names,
                   values=bool(asked.outputs.rows), columns=PARQUET in names)  # fmt: skip


def feasible(asked: RunRequest) -> Sweep:
    """The cases asked for.

    Raises:
        InputError: more than anybody would wait for, or larger than fits into memory.
    """
    one = replace(asked, seeds=asked.seeds[:1])
    sweep = Sweep(asked.seeds, tuple(islice(chosen_jobs(one), MOST_OF_A_SEED + 1)))
    if len(sweep.each) > MOST_OF_A_SEED or sweep.total > MOST_CASES:
        raise InputError("too many cases", where="--seeds, --batch", expected=MOST_CASES)
    largest: dict[tuple[Any, ...], int] = {}
    for job in sweep.each:
        regime = job.regime if job.variant == OPTIONS else ""
        key = job.variant, job.options, job.network, regime
        largest[key] = max(job.batch, largest.get(key, 0))
    for (variant, options, network, probe), batch in largest.items():
        arch = described(probe) if probe else make_arch(variant, dict(options), network)
        must_fit(arch, batch, "--batch", min(asked.jobs, sweep.total))
    return sweep


def chosen_jobs(asked: RunRequest) -> Iterator[Job]:
    """The plan of a level, or every combination asked for."""
    if asked.level != "product":
        return plan(asked.level, asked.variants, asked.seeds, asked.chosen.networks)
    return product(asked.variants, asked.regimes, asked.tiers, asked.batches, asked.seeds,
                   asked.options, asked.chosen.networks)  # fmt: skip


def shared_settings(asked: RunRequest) -> Settings:
    """Data and weights, read and checked once."""
    folder = None if asked.data == idx.PACKAGED else asked.data
    if asked.weights is None:
        return Settings(folder=folder, tensor=asked.tensor, bounds=asked.bounds)
    (variant,), (arch,) = asked.variants, asked.chosen.architectures(asked.options)
    weights = {variant: load_weights(asked.weights, arch)}
    return Settings(folder=folder, weights=weights, weights_flag=str(asked.weights),
                    tensor=asked.tensor, bounds=asked.bounds)  # fmt: skip


def probed(asked: RunRequest) -> list[tuple[str, str]]:
    """Probes of the plan, and as whose."""
    return list(plans.probed(asked.variants, asked.level == "full", asked.chosen.networks))


def state_checks(asked: RunRequest, settings: Settings) -> Iterator[Check]:
    """Lifecycle and untraced path of each variant on three digits, lifecycle of probes."""
    for variant in asked.variants:
        network = asked.chosen.networks.get(variant)
        job = Job(variant, "digits", "float64", 3, asked.seed, network=network)
        case = job.case(settings.data)
        yield from lifecycle(settings.subject, case)
        if case.arch.loss is not None:
            drawn = replace(job, regime="competitive").case(settings.data)
            yield untraced_check(replace(drawn, upstream=None))
    if asked.planned:
        yield from lifecycle_of_probes(settings.subject, probed(asked))
        yield from derivative_checks(reference, asked.level == "full")
    if asked.level == "full":
        yield from convention_checks()
