"""``lenet-verify mutants``: mutate the reference's source and count what goes unnoticed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from verify.cli.options import Parser
from verify.errors import DIFFERENT, PASSED, InputError
from verify.mutation.campaign import AROUND, COLUMNS, MATHEMATICS, Campaign, Result
from verify.mutation.equivalents import stale
from verify.mutation.isolate import SURVIVED
from verify.report.files import write_csv
from verify.report.screen import printed


def main(words: Sequence[str]) -> int:
    """Run the campaign; exit status 1 if the score is below 98 % or the list of
    equivalents is out of date."""
    p = Parser(prog="lenet-verify mutants", description=__doc__)
    p.add_argument("--module", nargs="+", metavar="NAME", help="below lenet_ref; default: all")
    p.add_argument("--tests", type=Path, default=Path("tests/lenet_ref"), metavar="FOLDER",
                   help="unit tests for the modules around the mathematics")  # fmt: skip
    p.add_argument("--jobs", type=int, default=2, metavar="N")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    asked = p.parse_args(words)
    modules = tuple(asked.module or (*MATHEMATICS, *AROUND))
    if unknown := [m for m in modules if m not in (*MATHEMATICS, *AROUND)]:
        raise InputError("no such module", where="--module", got=", ".join(unknown),
                         expected=", ".join((*MATHEMATICS, *AROUND)))  # fmt: skip
    campaign = Campaign(asked.tests if asked.tests.is_dir() else None)
    if not campaign.verified():
        raise InputError("the unmutated reference does not pass; run lenet-verify first")
    found = []
    for result in campaign.results(modules, asked.jobs):
        found.append(result)
        if sys.stderr.isatty():
            print(f"mutant {len(found)}", end="\r", file=sys.stderr, flush=True)
    write_csv(asked.out / "mutants.csv", COLUMNS, [result.row() for result in found])
    return show(found, asked.out / "mutants.csv")


def show(found: list[Result], path: Path) -> int:
    """Survivors, then the score over mutants that are not equivalent."""
    survivors = [r for r in found if r.unexplained]
    old = stale([r.mutant for r in found], [r.mutant for r in found if r.outcome == SURVIVED])
    for entry in old:
        printed(f"listed as equivalent, but none survived: {entry.module}: {entry.what}")
    equivalent = sum(bool(r.reason) for r in found)
    for r in survivors:
        printed(f"survived: {r.mutant.module}:{r.mutant.line}: {r.mutant.what}")
    real = len(found) - equivalent
    verified = sum(r.killer == "verification" for r in found)
    score = 1 - len(survivors) / real if real else 0.0
    word = "PASS" if score >= 0.98 and not old else "FAIL"
    printed(f"{word}  {real - len(survivors)} of {real} mutants killed ({score:.2%}), "
          f"{verified} of them by the verification alone; "
          f"{equivalent} equivalent; table in {path}")  # fmt: skip
    return PASSED if word == "PASS" else DIFFERENT
