"""Options of ``check`` about what a callable does besides answering."""

from __future__ import annotations

import argparse
from pathlib import Path

from verify.cli.parsing import Clash, Parser
from verify.pipeline import usable
from verify.pipeline.usable import watched

UNSEEN = Clash("--program", ("--allow", "--secret"), usable.UNSEEN)


def options(p: Parser) -> None:
    """What it may use, and where it has no business."""
    p.add_argument("--allow", action="append", default=[], metavar="NAME",
                   help="what a callable may import (beside NumPy) or start; all else is a finding"
                   )  # fmt: skip
    p.add_argument("--secret", action="append", default=[], type=Path, metavar="FOLDER",
                   help="a callable that reads there is a finding; so it is in --out")  # fmt: skip


def secret(asked: argparse.Namespace) -> tuple[Path, ...]:
    """Folders that a subject has no business in.  Reports are among them, unless all else lies
    among reports.

    Raises:
        InputError: one is none; then nothing would be watched.
    """
    folders = watched(asked.secret)
    apart = not Path.cwd().is_relative_to(asked.out.resolve())
    return (*folders, *(asked.out,) * apart)
