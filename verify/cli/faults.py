"""``lenet-verify faults``: plant every mistake, and see that each is caught and named."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lenet_ref.architecture import Architecture
from verify.cases.networks import named
from verify.cases.pace import counted
from verify.cases.plan import Job
from verify.cli.fault_counts import scoreboard
from verify.cli.output import printed
from verify.cli.parsing import Clash, Parser, at_least, made, recorded
from verify.errors import DIFFERENT, PASSED, InputError
from verify.pipeline.run import begun
from verify.proof.faults import board, campaign
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import Fault
from verify.proof.faults.plant import COLUMNS, Outcome
from verify.proof.faults.scoreboard import Grid, try_fault
from verify.proof.faults.submissions import jobs
from verify.proof.faults.trial import COLUMNS as OF_TRIALS
from verify.proof.faults.trial import Trial
from verify.proof.faults.unlisted import UNLISTED, unlisted
from verify.proof.planting.entry import Entry, entries, home, try_entry
from verify.proof.planting.general import general
from verify.report.files import CsvFile, write_csv
from verify.report.folder import claimed
from verify.report.stamp import write_stamp
from verify.words import near

Network = tuple[str, Architecture | None]
"""Name, and description where it is no preset."""
Item = TypeVar("Item")
Found = TypeVar("Found")
Mistaken = Entry | Fault
Handed = Mistaken | tuple[str, Job]
"""A mistake, of the table or in the code, or a kind of case and its job, for the reference."""
GRID = (
    *(("digits", tier) for tier in ("float64", "float32")),
    ("zero-bias", "float64"),
    ("ties", "float64"),
    ("competitive", "float64"),
    ("integers", "exact"),
)


def main(words: Sequence[str]) -> int:
    """Plant the chosen faults; exit status 1 if one is not caught, located and named."""
    asked = requested(words)
    if asked.random:
        return by_level(asked, list(unlisted(asked.random, asked.seed or 0)), UNLISTED)
    faults = list(selected(asked, planted(asked.network)))
    if asked.levels:
        return by_level(asked, faults, campaign.EVERY_WAY)
    with claimed(asked.out) as place:
        outcomes = list(tried(faults, GRID if asked.full else (), asked.jobs))
        write_csv(place / "faults.csv", COLUMNS, [outcome.row() for outcome in outcomes])
        write_stamp(place, recorded("faults", asked))
    printed(*scoreboard(outcomes))
    wrong = [outcome for outcome in outcomes if not outcome.good]
    word = "FAIL" if wrong else "PASS"
    printed(f"{word}  {len(outcomes) - len(wrong)} of {len(outcomes)} as expected; "
          f"table in {asked.out / 'faults.csv'}")  # fmt: skip
    return DIFFERENT if wrong else PASSED


def planted(network: Network | None) -> list[Mistaken]:
    """What can be planted in a network, or in the two derived ones: there the code has mistakes,
    too."""
    if network is None:
        return [*entries(), *general(), *catalogue()]
    place = home(*network)
    return [*entries(place), *general(place)]


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify faults", description=__doc__)
    p.add_argument("--name", nargs="+", action="extend", default=[], metavar="NAME",
                   help="these only: OPERATION/NAME, or a fault in the code")  # fmt: skip
    p.add_argument("--network", metavar="NAME|FILE.toml",
                   help="plant them in this network; default: the two derived ones")  # fmt: skip
    p.add_argument("--layer", default="", metavar="LAYER", help="faults of this layer only")
    p.add_argument("--full", action="store_true", help="also: every regime and tier that sees it")
    p.add_argument("--levels", action="store_true",
                   help="hand each mistake in as people do: gradients alone, what goes forward too,"
                   " everything; under each convention, with and without kinks")  # fmt: skip
    p.add_argument("--random", type=int, metavar="N",
                   help="mistakes that nobody listed: N random changes of the formulas, handed in"
                   " at every level")  # fmt: skip
    p.add_argument("--seed", type=int, metavar="S", help="of the random changes; 0 if not said")
    p.add_argument("--jobs", type=int, default=2, metavar="N", help="worker processes")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.clashes = (
        Clash("--full", ("--levels",), "--levels has its own cases; ask for one of them"),
        Clash(
            "--random",
            ("--name", "--layer", "--full", "--levels", "--network"),
            "it makes its own mistakes in networks of its own",
        ),
    )
    p.needs = (("--seed", "--random"),)
    return p


@dataclass(frozen=True)
class FaultsRequest:
    """Which mistakes, and what is done with each."""

    name: tuple[str, ...]
    network: Network | None
    layer: str
    full: bool
    levels: bool
    random: int | None
    seed: int | None
    jobs: int
    out: Path


def requested(words: Sequence[str]) -> FaultsRequest:
    """The words as values."""
    asked = parser().understood(words)
    at_least(asked, jobs=1, random=1, seed=0)
    network = None if asked.network is None else named(asked.network)
    return made(FaultsRequest, asked, network=network)


def selected(asked: FaultsRequest, faults: Sequence[Mistaken]) -> Iterator[Mistaken]:
    """Entries of the table and faults in the code by name or layer.

    Raises:
        InputError: a name that does not exist, or nothing left.
    """
    known = {fault.name for fault in faults}
    if unknown := [name for name in asked.name if name not in known]:
        likely = [each for name in unknown for each in near(name, known)]
        raise InputError("no such fault", where="--name", got=", ".join(unknown),
                         expected=", ".join(likely),
                         fix="lenet-verify faults lists all names in faults.csv")  # fmt: skip
    chosen = [
        fault
        for fault in faults
        if (not asked.name or fault.name in asked.name)
        and (not asked.layer or asked.layer in fault.layers.split())
    ]
    if not chosen:
        raise InputError("no such fault of that layer", where="--name and --layer" if asked.name
                         else "--layer", got=" ".join([*asked.name, asked.layer]))  # fmt: skip
    return iter(chosen)


def tried(
    faults: Sequence[Mistaken], grid: Iterable[tuple[str, str]], workers: int
) -> Iterator[Outcome]:
    """Outcomes in order."""
    outcomes = mapped(partial(_tried, grid=tuple(grid)), faults, workers)
    for fault, fields in zip(faults, outcomes, strict=True):
        yield Outcome(fault, **fields)


def _tried(fault: Mistaken, grid: Grid) -> dict[str, Any]:
    """An outcome without its mistake, whose formula cannot be handed to another process."""
    found = try_entry(fault, grid) if isinstance(fault, Entry) else try_fault(fault, grid)
    return {k: v for k, v in vars(found).items() if k != "fault"}


def by_level(asked: FaultsRequest, faults: Sequence[Mistaken], ways: campaign.Ways) -> int:
    """Hand faults in as people do; exit status 1 if one passed, what is right failed, a layer that
    is right was blamed, or a cause that is not true was offered."""
    every = (each for fault in faults for each in jobs(fault).items() if each[0] in ways.kinds)
    drawn = {job: (kind, job) for kind, job in every}
    work: list[Handed] = [*drawn.values(), *faults]
    found: list[Trial] = []
    with claimed(asked.out) as place:
        with CsvFile(place / "levels.csv", OF_TRIALS) as file:
            for each in mapped(partial(_handed_in, ways=ways), work, asked.jobs):
                file.add(trial.row() for trial in each)
                found += each
        write_stamp(place, recorded("faults", asked))
    printed(*board.lines(found))
    wrong = any(trial.bad for trial in found)
    printed(f"{'FAIL' if wrong else 'PASS'}  {board.tally(found)}",
            f"in {len(found)} submissions of {len(faults)} mistakes; "
            f"table in {asked.out / 'levels.csv'}")  # fmt: skip
    return DIFFERENT if wrong else PASSED


def _handed_in(what: Handed, ways: campaign.Ways) -> list[Trial]:
    if isinstance(what, Entry | Fault):
        return list(campaign.trials(what, ways))
    kind, job = what
    return list(campaign.right_trials(job, kind, ways))


def mapped(work: Callable[[Item], Found], items: Sequence[Item], workers: int) -> Iterator[Found]:
    """Results in order, of worker processes where there can be any.  Items go by their place, for
    a fault's closure cannot be handed to another process; a forked one has them all."""
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from counted(map(work, items), len(items), "mistake")
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, initializer=_begin, initargs=(work, items)) as pool:
        yield from counted(pool.imap(_nth, range(len(items))), len(items), "mistake")


def _begin(work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    begun()
    _WORK[:] = [work, items]


def _nth(index: int) -> Any:
    work, items = _WORK
    return work(items[index])


_WORK: list[Any] = []
"""Of a worker process: what to do, and with what."""
