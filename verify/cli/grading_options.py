"""Options of ``check`` that are for graders: many submissions, points, feedback."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from verify.cli.parsing import Clash, Parser
from verify.cli.workforce import checked, takes_workers
from verify.errors import InputError
from verify.exchange.entries import ENTRY
from verify.exchange.exams import exam_of

__all__ = ["MOST_JOBS", "Grading", "grading", "takes_grading"]
MOST_JOBS = 512


@dataclass(frozen=True)
class Grading:
    """entry: file.py:callable that is looked for in each submission; jobs: worker processes;
    dask: of that cluster;
    points: by tensor, a file; feedback: a folder of pages for students; expected: whether they see
    the numbers expected, or None where the case says that; exam: it is one."""

    entry: str = ""
    jobs: int = 1
    points: Path | None = None
    feedback: Path | None = None
    expected: str | None = None
    exam: bool = False
    dask: str | None = None

    @property
    def shows_expected(self) -> bool:
        """Students may see what was expected."""
        return self.expected == "show" or (self.expected is None and not self.exam)


def takes_grading(p: Parser) -> None:
    """Add them to a parser."""
    group = p.add_argument_group("for graders")
    group.add_argument("--key", type=Path, metavar="FOLDER", help="the key of the exam of --case")
    group.add_argument("--entry", default="", metavar="FILE.py:CALLABLE",
                   help="looked for in each SUBJECT: a folder, also in a folder of it, or a .zip"
                   )  # fmt: skip
    takes_workers(group, 1)
    group.add_argument(
        "--points", type=Path, metavar="FILE", help="what each tensor is worth (TOML)"
    )
    group.add_argument("--feedback", type=Path, metavar="FOLDER",
                   help="a page for each student, as .md and .html")  # fmt: skip
    group.add_argument("--expected", choices=("show", "hide"),
                   help="in feedback, the numbers expected (default: show, but hide in an exam)"
                   )  # fmt: skip
    p.clashes += (
        Clash("--program", ("--entry",), "a program is one command for one subject"),
        Clash("--entry", ("--case",), "code is asked cases of our own; leave --case out"),
        Clash("--points", ("--tensor",), "points are for all that is required, not for one tensor"),
    )
    p.needs += (
        *((name, "--table") for name in ("--jobs", "--dask", "--points", "--feedback")),
        *(("--key", "--case"), ("--expected", "--feedback")),
    )


def grading(asked: argparse.Namespace) -> Grading:
    """The words as values.

    Raises:
        InputError: one is out of range, or no file.py:callable.
    """
    checked(asked)
    if asked.jobs > MOST_JOBS:
        raise InputError("unusable value", where="--jobs", got=asked.jobs,
                         expected=f"at most {MOST_JOBS}")  # fmt: skip
    file = ENTRY.fullmatch(asked.entry)
    if asked.entry and (file is None or {"..", "/"} & {*Path(file["file"]).parts}):
        raise InputError("no file.py:callable", where="--entry", got=repr(asked.entry)[:80],
                         expected="as student.py:lenet")  # fmt: skip
    exam = asked.case is not None and bool(exam_of(asked.case))
    return Grading(asked.entry, asked.jobs, asked.points, asked.feedback, asked.expected, exam,
                   asked.dask)  # fmt: skip
