"""``lenet-verify mutants``: mutate the reference's source, or the judge's, and count what goes
unnoticed."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from verify.cases.pace import counted, paced
from verify.cli.output import printed
from verify.cli.parsing import Parser, at_least, made, recorded
from verify.cli.workforce import checked, takes_workers, workers
from verify.errors import DIFFERENT, PASSED, InputError
from verify.proof.mutation.bench import Command
from verify.proof.mutation.campaign import (
    AROUND,
    COLUMNS,
    MATHEMATICS,
    Campaign,
    Result,
    begun,
    chosen,
)
from verify.proof.mutation.equivalents import matches, stale
from verify.proof.mutation.isolate import SURVIVED
from verify.proof.mutation.judge_campaign import JUDGE, JudgeCampaign, suite
from verify.proof.mutation.suite import Suite
from verify.report.files import CsvFile
from verify.report.folder import claimed
from verify.report.stamp import write_stamp
from verify.words import near

LEAST = {"reference": 0.98, "judge": 0.95}
"""The score below which the campaign fails."""
NO_TESTS = Path("none")
ALONE = ("verification", "self-test", "bench")
"""What kills without the unit tests."""


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify mutants", description=__doc__)
    p.add_argument("--judge", action="store_true", help="of the judge, not of the reference")
    p.add_argument("--module", nargs="+", action="extend", default=[], metavar="NAME",
                   help="below lenet_ref, or below verify; default: all")  # fmt: skip
    p.add_argument(
        "--sample", type=int, default=0, metavar="N", help="of the judge: only N; 0: all"
    )
    p.add_argument("--seed", type=int, default=0, metavar="S", help="which N")
    p.add_argument("--tests", type=Path, metavar="FOLDER",
                   help="unit tests, or none; default: tests/lenet_ref, or tests")  # fmt: skip
    takes_workers(p)
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.needs = (("--sample", "--judge"), ("--seed", "--sample"))
    return p


@dataclass(frozen=True)
class MutantsRequest:
    """Whose mutants, and what may kill them."""

    judge: bool
    module: tuple[str, ...]
    sample: int
    seed: int
    tests: Path | None
    jobs: int
    dask: str | None
    out: Path


def requested(words: Sequence[str]) -> MutantsRequest:
    """The words as values.

    Raises:
        InputError: no such module or folder, numbers out of range.
    """
    asked = parser().understood(words)
    at_least(asked, sample=0, seed=0)
    checked(asked)
    known = JUDGE if asked.judge else (*MATHEMATICS, *AROUND)
    if unknown := [m for m in asked.module if m not in known]:
        likely = [each for module in unknown for each in near(module, known)]
        where = "--judge and --module" if asked.judge else "--module"
        raise InputError("no such module", where=where, got=", ".join(unknown),
                         expected=", ".join(likely or known))  # fmt: skip
    folder = asked.tests or Path("tests" if asked.judge else "tests/lenet_ref")
    if asked.tests and asked.tests != NO_TESTS and not folder.is_dir():
        raise InputError("not a folder", where="--tests", got=folder,
                         expected="a folder, or none")  # fmt: skip
    return made(MutantsRequest, asked, module=tuple(asked.module or known),
                tests=None if folder == NO_TESTS else folder)  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Run the campaign; exit status 1 if the score is below 98 % (95 % for the judge) or the
    list of equivalents is out of date."""
    asked = requested(words)
    possible(asked)
    table = asked.out / "mutants.csv"
    with claimed(asked.out) as place:
        with fates(asked) as results:
            found = gathered(results, place / table.name)
        write_stamp(place, recorded("mutants", asked))
    return show(found, table, LEAST["judge" if asked.judge else "reference"], bool(asked.sample))


def possible(asked: MutantsRequest) -> None:
    """There is what kills a mutant, and the means to make one.

    Raises:
        InputError: no tests, as outside a checkout; no pytest; no fork, as on Windows.
    """
    if not hasattr(os, "fork"):
        raise InputError("needs a system that forks processes", expected="Linux, macOS or WSL")
    if asked.tests is None:
        return
    if not asked.tests.is_dir():
        raise InputError("there are no unit tests", where=f"mutants: {asked.tests}",
                         fix="run it in a checkout, or say --tests FOLDER; without any, --tests"
                         " none")  # fmt: skip
    if find_spec("pytest") is None:
        raise InputError("pytest is not installed", where=f"mutants: {asked.tests}",
                         fix="install lenet-verify[dev], or say --tests none")  # fmt: skip


@contextmanager
def fates(asked: MutantsRequest) -> Iterator[Iterable[Result]]:
    """Of the mutants asked for; nothing may be noticed of what is not mutated."""
    for _ in paced([asked], "seeing that nothing is noticed where nothing is mutated"):
        if asked.judge:
            campaign = begun(JudgeCampaign, suite(asked.tests) if asked.tests else None, command)
        else:
            campaign = begun(Campaign, Suite((asked.tests,)) if asked.tests else None)
    tried = [*chosen(campaign.package, asked.module, asked.sample, asked.seed)]
    crew = workers(asked.jobs, asked.dask, collected=True)
    with crew.results(campaign.fate, tried) as results:
        yield counted(results, len(tried), "mutant")


def command() -> Command:
    """The command line as this process has it: not the one from before a mutant."""
    found: Command = importlib.import_module("verify.cli").main
    return found


def gathered(results: Iterable[Result], table: Path) -> list[Result]:
    """All of them, written as they come: an hour's work is kept when
    it is interrupted."""
    found = []
    with CsvFile(table, COLUMNS, keep=True) as file:
        for result in results:
            found.append(result)
            file.add([result.row()])
    return found


def show(
    found: list[Result], path: Path, least: float = LEAST["reference"], sampled: bool = False
) -> int:
    """Survivors, then the score over mutants that are not equivalent."""
    survivors = [r for r in found if r.unexplained]
    tried = [r.mutant for r in found]
    old = stale(tried, [r.mutant for r in found if r.outcome == SURVIVED])
    if sampled:  # a line may speak of a mutant that was not drawn
        old = [entry for entry in old if any(matches(entry, mutant) for mutant in tried)]
    for entry in old:
        printed(f"listed as equivalent, but none survived: {entry.module}: {entry.what}")
    equivalent = sum(bool(r.reason) for r in found)
    for r in survivors:
        printed(f"survived: {r.mutant.module}:{r.mutant.line}: {r.mutant.what}")
    real = len(found) - equivalent
    verified = sum(r.killer in ALONE for r in found)
    score = 1 - len(survivors) / real if real else 0.0
    word = "PASS" if score >= least and not old else "FAIL"
    printed(f"{equivalent} equivalent; table in {path}",
            f"{word}  {real - len(survivors)} of {real} mutants killed ({score:.2%}), "
            f"{verified} by the verification alone")  # fmt: skip
    return PASSED if word == "PASS" else DIFFERENT
