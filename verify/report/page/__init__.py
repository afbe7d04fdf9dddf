"""A report as one page of HTML: from what was judged, or from the folder of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verify.checks.outcome import Outcome
from verify.report import checks as check_rows
from verify.report import conclusions, screen
from verify.report.frame import frame
from verify.report.kept import Kept
from verify.report.stamp import write_stamp
from verify.report.text import cell

__all__ = ["finished", "installed", "kept", "page", "said", "write"]


def page(outcome: Outcome, again: str, title: str) -> str:
    """One self-contained page.

    Args:
        again: the command that repeats the check.
        title: whose report it is.
    Raises:
        InputError: jinja2 or matplotlib is not installed.
    """
    from verify.report.page.content import Content, checked
    from verify.report.page.render import installed, rendered
    from verify.report.page.rows import Gathered, clipped

    installed()
    every = [finding for _, each in outcome.findings for finding in each]
    rows = frame(every, again).to_dict("records")
    told = Gathered.of({str(name): cell(value) for name, value in row.items()} for row in rows)
    checks = checked(_cells(check_rows.row(check)) for check in outcome.checks)
    content = Content(clipped(title, 200), told, checks, kept(outcome, again), again)
    return rendered(content)


def installed() -> None:
    """What a page is made with is there.

    Raises:
        InputError: it is not.
    """
    from verify.report.page.render import installed as found

    found()


def write(folder: Path, title: str = "", to: Path | None = None) -> Path:
    """The page of a report from its folder, into that or elsewhere; where it is.

    Raises:
        InputError: the folder holds no report, or one that cannot be read.
        OutputError: the page cannot be written.
    """
    from verify.report.page.folder import write as written

    return written(folder, title, to)


def finished(folder: Path, about: Mapping[str, Any], html: bool) -> None:
    """The stamp of a report, and its page if it is wanted.  The page tells what the stamp says, and
    is among the files that it names then.

    Raises:
        InputError, OutputError: as above.
    """
    write_stamp(folder, about)
    if html:
        write(folder)
        write_stamp(folder, about)


def kept(outcome: Outcome, again: str) -> Kept:
    """What the folder of a report needs beyond its tables."""
    every = (finding for _, each in outcome.findings for finding in each)
    found = Kept.of(every, [*said(outcome, again)] if outcome.status else ())
    found.apart = outcome.apart
    return found


def said(outcome: Outcome, again: str) -> Iterator[str]:
    """Conclusions, causes, checks that do not hold: what the screen says of a failure."""
    found = outcome.conclusions
    yield from conclusions.told(found)
    yield from screen.failures(outcome.tally, again=again, others=found.one is None)
    yield from screen.broken(outcome.checks)
    yield from (f"note: {check.note}" for check in outcome.checks if check.note)
    yield from conclusions.notes(found)
    yield from conclusions.too_blunt(found)
    yield from conclusions.not_verified(found)


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell(value) for name, value in row.items()}
