"""``lenet-verify diff OLD NEW``: two reports compared; exit status 1 on a regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.storage import write_atomically
from verify.cli.output import printed
from verify.cli.outputs import usable
from verify.cli.parsing import Parser, made
from verify.errors import DIFFERENT, PASSED, InputError
from verify.report.drift import COLUMNS, compared
from verify.report.drift_page import page
from verify.report.drift_reading import read_folder
from verify.report.drift_screen import lines
from verify.report.files import write_csv

BASELINE, LATEST = Path("reports/baseline"), Path("reports/latest")
BEGINNINGS = {"csv": (",".join(COLUMNS[:3]),), "html": ("<!doctype html>", "lenet-verify diff")}
"""What is replaced by a table or a page of changes: an earlier one, and nothing else."""
EPILOG = """A regression is a row or check that vanished, a verdict that is worse, a bound that is
wider than its rule and the data make it, or an error that grew beyond what rounding explains.
Another machine's rounding is none: docs/drift.md."""


@dataclass(frozen=True)
class DiffRequest:
    """Two folders of reports; common: look only at what both have; where tables go to."""

    old: Path
    new: Path
    common: bool
    csv: Path | None
    html: Path | None


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify diff", description=__doc__, epilog=EPILOG)
    p.add_argument("folders", nargs="*", type=Path, metavar="FOLDER",
                   help=f"OLD NEW; NEW alone is compared with {BASELINE}, and without a folder "
                   f"{LATEST} is")  # fmt: skip
    p.add_argument("--common", action="store_true",
                   help="compare only what both have: nothing appears or vanishes")  # fmt: skip
    p.add_argument("--csv", type=Path, metavar="FILE", help="write every change there")
    p.add_argument("--html", type=Path, metavar="FILE", help="write a page there (needs jinja2)")
    return p


def requested(words: Sequence[str]) -> DiffRequest:
    """The words as values.

    Raises:
        InputError: more than two folders, both files are one, or one is something else's.
    """
    asked = parser().understood(words)
    folders = list(asked.folders or ())
    if len(folders) > 2:
        raise InputError("more than two reports", where="FOLDER", got=len(folders),
                         expected="OLD NEW")  # fmt: skip
    if asked.csv is not None and asked.csv == asked.html:
        raise InputError("the same file", where="--csv and --html", got=asked.csv,
                         fix="give each its own")  # fmt: skip
    for kind, begins in BEGINNINGS.items():
        if (path := getattr(asked, kind)) is not None:
            usable(kind, path, begins)
    new = folders.pop() if folders else LATEST
    return made(DiffRequest, asked, old=folders.pop() if folders else BASELINE, new=new)


def main(words: Sequence[str]) -> int:
    """Compare, print, write what was asked for."""
    asked = requested(words)
    drift = compared(read_folder(asked.old), read_folder(asked.new), asked.common)
    if not drift.both:
        raise InputError("have no row in common", where=f"{asked.old} and {asked.new}",
                         fix="compare reports of the same network and cases")  # fmt: skip
    whole = page(drift) if asked.html is not None else ""
    if asked.csv is not None:
        write_csv(asked.csv, COLUMNS, drift.changes)
    if asked.html is not None:
        write_atomically(asked.html, whole.encode("utf-8", "replace"))
    printed(*lines(drift))
    return DIFFERENT if len(drift.regressions) else PASSED
