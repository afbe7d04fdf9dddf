"""``lenet-verify faults``: plant every mistake, and see that each is caught and named."""

from __future__ import annotations

import argparse
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from verify.cli.options import Parser
from verify.errors import DIFFERENT, PASSED, InputError
from verify.faults.catalogue import catalogue
from verify.faults.fault import Fault
from verify.faults.scoreboard import COLUMNS, Outcome, try_fault
from verify.report.files import write_csv
from verify.report.screen import aligned, printed
from verify.run import ignore_interrupt

GRID = (
    *(("digits", tier) for tier in ("float64", "float32")),
    ("zero-bias", "float64"),
    ("ties", "float64"),
    ("competitive", "float64"),
    ("integers", "exact"),
)


def main(words: Sequence[str]) -> int:
    """Plant the chosen faults; exit status 1 if one is not caught, located and named."""
    asked = parser().parse_args(words)
    faults = list(selected(asked, catalogue()))
    outcomes = list(tried(faults, GRID if asked.full else (), asked.jobs))
    write_csv(asked.out / "faults.csv", COLUMNS, [outcome.row() for outcome in outcomes])
    printed(*scoreboard(outcomes))
    wrong = [outcome for outcome in outcomes if not outcome.good]
    word = "FAIL" if wrong else "PASS"
    printed(f"{word}  {len(outcomes) - len(wrong)} of {len(outcomes)} as expected; "
          f"table in {asked.out / 'faults.csv'}")  # fmt: skip
    return DIFFERENT if wrong else PASSED


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify faults", description=__doc__)
    p.add_argument("--name", nargs="+", default=[], metavar="NAME", help="these faults only")
    p.add_argument("--layer", default="", metavar="LAYER", help="faults of this layer only")
    p.add_argument("--full", action="store_true", help="also: every regime and tier that sees it")
    p.add_argument("--jobs", type=int, default=2, metavar="N", help="worker processes")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    return p


def selected(asked: argparse.Namespace, faults: list[Fault]) -> Iterator[Fault]:
    """Faults by name or layer.

    Raises:
        InputError: a name that does not exist, or nothing left.
    """
    known = {fault.name for fault in faults}
    if unknown := [name for name in asked.name if name not in known]:
        raise InputError("no such fault", where="--name", got=", ".join(unknown),
                         fix="lenet-verify faults lists all names in faults.csv")  # fmt: skip
    chosen = [
        fault
        for fault in faults
        if (not asked.name or fault.name in asked.name)
        and (not asked.layer or asked.layer in fault.layers.split())
    ]
    if not chosen:
        raise InputError("no fault of that layer", where="--layer", got=asked.layer)
    return iter(chosen)


def tried(
    faults: Sequence[Fault], grid: Iterable[tuple[str, str]], workers: int
) -> Iterator[Outcome]:
    """Outcomes in catalogue order; faults are found again by name in each worker, for a
    closure cannot be handed to another process."""
    work = partial(_try_named, grid=tuple(grid))
    names = [fault.name for fault in faults]
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        found: Iterable[Outcome] = map(work, names)
        yield from found
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, initializer=ignore_interrupt) as pool:
        rows = pool.imap(partial(_plain, work=work), names)
        by_name = {fault.name: fault for fault in faults}
        for name, fields in zip(names, rows, strict=True):
            yield Outcome(by_name[name], *fields)


def _try_named(name: str, grid: tuple[tuple[str, str], ...]) -> Outcome:
    return try_fault(next(f for f in catalogue() if f.name == name), grid)


def _plain(name: str, work: partial[Outcome]) -> tuple:  # type: ignore[type-arg]
    o = work(name)
    return (o.verdict, o.guilty, o.tensor, o.cause, o.diagnosis, o.ratio, o.caught_by, o.visible_in)


def scoreboard(outcomes: Sequence[Outcome]) -> list[str]:
    """Counts by verdict, then whatever was not as expected, then the causes named."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    planted = [o for o in outcomes if not o.fault.equivalent]
    named = sum(o.verdict == "caught" and bool(o.cause) for o in planted)
    lines = aligned([(verdict, str(number)) for verdict, number in counts.most_common()])
    lines.append(f"{named} of {len(planted)} faults caught, located and named")
    for o in outcomes:
        if not o.good:
            lines.append(
                f"  {o.verdict}: {o.fault.name}: expected {o.fault.layers} {o.fault.tensor} "
                f"{o.fault.cause}; got {' '.join(o.guilty)} {o.tensor} {o.cause}"
            )
    return lines
