"""``lenet-verify report FOLDER``: the page of an existing report, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.cli.output import printed
from verify.cli.parsing import Parser, made
from verify.errors import PASSED
from verify.report import page

__all__ = ["ReportRequest", "main", "parser", "requested"]


@dataclass(frozen=True)
class ReportRequest:
    """folder: of the report; out: where the page is written, report.html in the folder if not
    said; title: of the page, the subject of the report if not said."""

    folder: Path
    out: Path | None
    title: str


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify report",
               description="Make the HTML page of an existing report.")  # fmt: skip
    p.add_argument("folder", nargs="?", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="of a report (default: reports/latest)")  # fmt: skip
    p.add_argument("--out", type=Path, metavar="FILE",
                   help="where the page goes (default: report.html in the folder)")  # fmt: skip
    p.add_argument("--title", default="", metavar="TEXT", help="of the page")
    return p


def requested(words: Sequence[str]) -> ReportRequest:
    """The words as values."""
    return made(ReportRequest, parser().understood(words))


def main(words: Sequence[str]) -> int:
    """Write the page, and say where it is."""
    asked = requested(words)
    printed(f"page in {page.write(asked.folder, asked.title, asked.out)}")
    return PASSED
