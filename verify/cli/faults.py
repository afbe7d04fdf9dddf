"""``lenet-verify faults``: plant every mistake, and see that each is caught and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from verify.cases.networks import named
from verify.cases.pace import counted
from verify.cli.exporting import exported, packed
from verify.cli.fault_counts import scoreboard
from verify.cli.output import printed
from verify.cli.parsing import Clash, Parser, at_least, made, recorded
from verify.cli.workforce import checked, takes_workers, workers
from verify.errors import DIFFERENT, PASSED, InputError
from verify.proof.faults import board
from verify.proof.faults.plant import COLUMNS, Outcome
from verify.proof.faults.submissions import jobs
from verify.proof.faults.trial import COLUMNS as OF_TRIALS
from verify.proof.faults.trial import Trial
from verify.proof.faults.work import Handed, Mistaken, Network, Source, attempted, handed_in
from verify.report.files import CsvFile
from verify.report.folder import claimed
from verify.report.stamp import write_stamp
from verify.words import near

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
    known = asked.source.mistakes
    if asked.random:
        return by_level(asked, [*known.values()])
    faults = list(selected(asked.name, asked.layer, known))
    if asked.export:
        return export(asked, faults)
    if asked.levels:
        return by_level(asked, faults)
    outcomes = []
    with claimed(asked.out) as place:
        with (
            CsvFile(place / "faults.csv", COLUMNS, keep=True) as file,
            tried(asked, faults) as found,
        ):
            for outcome in found:
                outcomes.append(outcome)
                file.add([outcome.row()])
        write_stamp(place, recorded("faults", asked))
    printed(*scoreboard(outcomes))
    wrong = [outcome for outcome in outcomes if not outcome.good]
    word = "FAIL" if wrong else "PASS"
    printed(f"{word}  {len(outcomes) - len(wrong)} of {len(outcomes)} as expected; "
          f"table in {asked.out / 'faults.csv'}")  # fmt: skip
    return DIFFERENT if wrong else PASSED


def takes_mistakes(p: Parser) -> None:
    """Which mistakes, and of what."""
    p.add_argument("--name", nargs="+", action="extend", default=[], metavar="NAME",
                   help="these mistakes only: OPERATION/NAME, or one in the code")  # fmt: skip
    p.add_argument("--network", metavar="NAME|FILE.toml",
                   help="plant them in this network; default: the two derived ones")  # fmt: skip
    p.add_argument("--layer", default="", metavar="LAYER", help="mistakes of this layer only")


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify faults", description=__doc__)
    takes_mistakes(p)
    p.add_argument("--full", action="store_true", help="also: every regime and tier that sees it")
    p.add_argument("--levels", action="store_true",
                   help="hand each mistake in as people do: gradients alone, what goes forward too,"
                   " everything; under each convention, with and without kinks")  # fmt: skip
    p.add_argument("--random", type=int, metavar="N",
                   help="mistakes that nobody listed: N random changes of the formulas, handed in"
                   " at every level")  # fmt: skip
    p.add_argument("--seed", type=int, metavar="S", help="of the random changes; 0 if not said")
    p.add_argument("--export", type=Path, metavar="FOLDER",
                   help="write each as a file for other checkers: inputs, right and wrong"
                   " tensors")  # fmt: skip
    takes_workers(p)
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.clashes = (
        Clash("--full", ("--levels",), "--levels has its own cases; ask for one of them"),
        Clash(
            "--random",
            ("--name", "--layer", "--full", "--levels", "--network"),
            "it makes its own mistakes in networks of its own",
        ),
        Clash("--export", ("--full", "--levels", "--random", "--out"), "it writes and asks nobody"),
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
    dask: str | None
    out: Path
    export: Path | None = None

    @property
    def source(self) -> Source:
        """Of the mistakes."""
        return Source(self.network, self.random, self.seed or 0)


def requested(words: Sequence[str]) -> FaultsRequest:
    """The words as values."""
    asked = parser().understood(words)
    at_least(asked, random=1, seed=0)
    checked(asked)
    network = None if asked.network is None else named(asked.network)
    return made(FaultsRequest, asked, network=network)


def selected(
    names: Sequence[str], layer: str, faults: Mapping[str, Mistaken]
) -> Iterator[Mistaken]:
    """Entries of the table and faults in the code by name or layer.

    Raises:
        InputError: a name that does not exist, or nothing left.
    """
    if unknown := [name for name in names if name not in faults]:
        likely = [each for name in unknown for each in near(name, faults)]
        raise InputError("no such fault", where="--name", got=", ".join(unknown),
                         expected=", ".join(likely),
                         fix="lenet-verify faults lists all names in faults.csv")  # fmt: skip
    chosen = [
        fault
        for fault in faults.values()
        if (not names or fault.name in names) and (not layer or layer in fault.layers.split())
    ]
    if not chosen:
        raise InputError("no such fault of that layer", where="--name and --layer" if names
                         else "--layer", got=" ".join([*names, layer]))  # fmt: skip
    return iter(chosen)


def export(asked: FaultsRequest, faults: Sequence[Mistaken]) -> int:
    """The corpus."""
    names = [fault.name for fault in faults]
    crew = workers(asked.jobs, asked.dask)
    with crew.results(partial(packed, source=asked.source), names) as found:
        return exported(asked.export or Path(), faults, counted(found, len(names), "mistake"))


@contextmanager
def tried(asked: FaultsRequest, faults: Sequence[Mistaken]) -> Iterator[Iterator[Outcome]]:
    """Outcomes in order."""
    work = partial(attempted, source=asked.source, grid=GRID if asked.full else ())
    with workers(asked.jobs, asked.dask).results(work, [fault.name for fault in faults]) as found:
        outcomes = counted(found, len(faults), "mistake")
        yield (Outcome(fault, **fields) for fault, fields in zip(faults, outcomes, strict=True))


def by_level(asked: FaultsRequest, faults: Sequence[Mistaken]) -> int:
    """Hand faults in as people do; exit status 1 if one passed, what is right failed, a layer that
    is right was blamed, or a cause that is not true was offered."""
    kinds = asked.source.ways.kinds
    every = (each for fault in faults for each in jobs(fault).items() if each[0] in kinds)
    drawn = {job: (kind, job) for kind, job in every}
    work: list[Handed] = [*drawn.values(), *(fault.name for fault in faults)]
    found: list[Trial] = []
    crew = workers(asked.jobs, asked.dask)
    with claimed(asked.out) as place:
        with (
            CsvFile(place / "levels.csv", OF_TRIALS, keep=True) as file,
            crew.results(partial(handed_in, source=asked.source), work) as results,
        ):
            for each in counted(results, len(work), "mistake"):
                file.add(trial.row() for trial in each)
                found += each
        write_stamp(place, recorded("faults", asked))
    printed(*board.lines(found))
    wrong = any(trial.bad for trial in found)
    printed(f"{'FAIL' if wrong else 'PASS'}  {board.tally(found)}",
            f"in {len(found)} submissions of {len(faults)} mistakes; "
            f"table in {asked.out / 'levels.csv'}")  # fmt: skip
    return DIFFERENT if wrong else PASSED
