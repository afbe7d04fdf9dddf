"""``python -m benchmarks [--quick] [--only NAME ...] [--out FOLDER]``: the table of ratios."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import processes
from benchmarks.processes import in_child
from benchmarks.rows import BATCHES, COLUMNS, Row
from verify.cli.parsing import recorded
from verify.report.files import write_csv
from verify.report.folder import claimed
from verify.report.screen import aligned
from verify.report.stamp import write_stamp

Rows = Callable[[], Iterator[Row]]


def plan(quick: bool) -> dict[str, Rows]:
    """Name of each measurement and how it is made."""
    all_threads = os.cpu_count() or 1
    batches = [1, 8] if quick else list(BATCHES)
    budget = 0.1 if quick else 4.0
    step = {"batches": batches, "budget": budget}

    def steps() -> Iterator[Row]:
        yield from in_child("steps", 1, step | {"threads": 1})
        if all_threads > 1:
            yield from in_child("steps", all_threads, step | {"threads": all_threads})

    return {
        "step": steps,
        "traced": lambda: in_child("traced", 1, {"threads": 1, "budget": budget}),
        "judge": lambda: in_child("judged", 1, {"batch": 2 if quick else 64, "budget": budget}),
        "by-hand": lambda: in_child("by_hand", 1, {"batch": 2 if quick else 64, "budget": budget}),
        "gradcheck": lambda: iter(()) if quick else in_child("gradcheck", 1, {}),
        "command": lambda: processes.command(2 if quick else 7),
        "dump": lambda: processes.dump(2 if quick else 7),
        "growth": lambda: processes.growth(128 if quick else 1024),
        "sweep": lambda: processes.sweep(*((20, 10) if quick else (20_000, 200))),
        "rate": lambda: processes.rate(*((12, 2) if quick else (220, 20))),
    }


def line(row: Row) -> tuple[str, ...]:
    """One row for the screen."""
    found = row.found
    target = "" if row.target is None else f"{row.target:g}"
    where = (row.what, row.variant, row.dtype, str(row.batch), str(row.threads))
    spread = f"{found.low:.3g} to {found.high:.3g}"
    return (*where, f"{found.ratio:.3g}", spread, target, row.met)


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, write benchmarks.csv.  Exit status 0: a missed target is no error, for
    machines differ."""
    p = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    p.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    p.add_argument("--only", nargs="+", choices=list(plan(True)), help="these measurements")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    asked = p.parse_args(words)
    chosen = plan(asked.quick)
    with claimed(asked.out) as place:
        rows = [row for name in asked.only or chosen for row in chosen[name]()]
        write_csv(place / "benchmarks.csv", COLUMNS,
                  [{k: row.cells()[k] for k in COLUMNS} for row in rows])  # fmt: skip
        write_stamp(place, recorded("benchmarks", asked))
    header = ("what", "variant", "dtype", "batch", "threads", "ratio", "quartiles", "target", "met")
    print("\n".join(aligned([header, *map(line, rows)])))
    print(f"table in {asked.out / 'benchmarks.csv'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
