"""``lenet-verify evidence``: what the checks that people use find of all planted mistakes, and
what they reject of right code, beside ours."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.storage import write_atomically
from verify.cases.networks import named
from verify.cases.pace import counted
from verify.cli import faults
from verify.cli.output import printed
from verify.cli.parsing import Clash, Parser, at_least, made, recorded
from verify.cli.workforce import checked, takes_workers, workers
from verify.errors import DIFFERENT, PASSED
from verify.proof.evidence import grid, rightful, trial
from verify.proof.evidence.board import screen
from verify.proof.evidence.collected import Answer, Asked, answered, asked_of, everybody
from verify.proof.evidence.cost import costs
from verify.proof.evidence.counts import wrongly
from verify.proof.evidence.page import markdown
from verify.proof.evidence.record import Record, text
from verify.proof.faults.work import Source
from verify.report.files import CsvFile
from verify.report.folder import claimed
from verify.report.stamp import write_stamp

SHOWN = 12
"""Lines of what ours got wrong."""
RANDOM, SEED = 200, 17
"""Changes that nobody listed, and their seed, which served for nothing else."""


@dataclass(frozen=True)
class EvidenceRequest:
    """Which mistakes, and where to."""

    name: tuple[str, ...]
    network: tuple[str, Architecture | None] | None
    layer: str
    random: int
    seed: int
    minutes: float
    jobs: int
    dask: str | None
    out: Path
    markdown: Path | None


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify evidence", description=__doc__)
    faults.takes_mistakes(p)
    p.add_argument("--random", type=int, default=RANDOM, metavar="N",
                   help="so many changes that nobody listed, too; none where mistakes are"
                   " chosen")  # fmt: skip
    p.add_argument("--seed", type=int, default=SEED, metavar="S", help="of those changes")
    p.add_argument("--minutes", type=float, default=math.inf, metavar="M",
                   help="ask no longer than that; mistakes are asked about in an order that the"
                   " seed draws, so that those asked are a fair sample")  # fmt: skip
    takes_workers(p)
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.add_argument("--markdown", type=Path, metavar="FILE",
                   help="also write the page of docs/, and FILE.json, which it is counted"
                   " from")  # fmt: skip
    p.clashes = (
        Clash("--markdown", ("--name", "--layer", "--network"), "the page is about all of them"),
    )
    return p


def requested(words: Sequence[str]) -> EvidenceRequest:
    """The words as values."""
    asked_for = parser().understood(words)
    at_least(asked_for, random=0, seed=0, minutes=0)
    checked(asked_for)
    network = None if asked_for.network is None else named(asked_for.network)
    return made(EvidenceRequest, asked_for, network=network)


def main(words: Sequence[str]) -> int:
    """Ask every policy about everything; exit status 1 if ours misses a mistake that
    shows, rejects right code, or blames a layer that is right."""
    wanted = requested(words)
    items = chosen(wanted)
    crew = workers(wanted.jobs, wanted.dask)
    with claimed(wanted.out) as place:
        with crew.results(asked_of, items) as results:
            answers = counted(results, len(items), "item")
            found = written(place, until(answers, time.monotonic() + 60 * wanted.minutes))
        done = [one.item for one in items[: len(found)]]
        record = answered(done, found, len(items) - len(found), costs(everybody()))
        write_atomically(place / "evidence.json", text(record).encode())
        write_stamp(place, recorded("evidence", wanted))
    if wanted.markdown:
        write_atomically(wanted.markdown, markdown(record).encode())
        write_atomically(wanted.markdown.with_suffix(".json"), text(record).encode())
    return told(record, wanted.out)


def told(record: Record, out: Path) -> int:
    """The tables, and what ours got wrong."""
    printed(*screen(record))
    wrong = wrongly(record)
    printed(*wrong[:SHOWN])
    said = (
        f"{len(wrong)} wrongly judged by ours"
        if wrong
        else "ours: all found, no right code rejected"
    )
    printed(f"{'FAIL' if wrong else 'PASS'}  {said}; tables in {out / 'evidence.csv'}")
    return DIFFERENT if wrong else PASSED


def until(answers: Iterator[Answer], end: float) -> Iterator[Answer]:
    """As long as there is time."""
    for answer in answers:
        yield answer
        if time.monotonic() > end:
            break


def chosen(wanted: EvidenceRequest) -> list[Asked]:
    """Right subjects, then mistakes, those asked for and those that nobody listed, shuffled."""
    mistakes = list(planted(wanted))
    random.Random(wanted.seed).shuffle(mistakes)
    source = Source(wanted.network)
    right = range(len(list(rightful.rightful(wanted.network))))
    return [*(Asked(source, number) for number in right), *mistakes]


def planted(wanted: EvidenceRequest) -> Iterator[Asked]:
    """The mistakes asked for, then changes that nobody listed."""
    source = Source(wanted.network)
    for mistake in faults.selected(wanted.name, wanted.layer, source.mistakes):
        yield Asked(source, mistake.name)
    if wanted.random and not (wanted.name or wanted.layer or wanted.network):
        others = Source(None, wanted.random, wanted.seed)
        yield from (Asked(others, name) for name in others.mistakes)


def written(place: Path, answers: Iterable[Answer]) -> list[Answer]:
    """The answers, their rows in three tables as they come."""
    found = []
    with (
        CsvFile(place / "evidence.csv", trial.COLUMNS) as trials,
        CsvFile(place / "evidence-plan.csv", grid.COLUMNS) as cells,
        CsvFile(place / "evidence-right.csv", rightful.COLUMNS) as alarms,
    ):
        for answer in answers:
            found.append(answer)
            trials.add(row.row() for row in answer.trials)
            cells.add(row.row() for row in answer.cells)
            alarms.add(row.row() for row in answer.alarms)
    return found
