"""A page from the folder of a report, and the page in that folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lenet_ref.door import contents, opened, reason
from lenet_ref.errors import StorageError
from lenet_ref.storage import write_atomically
from verify.errors import InputError, OutputError
from verify.report import checks as check_rows
from verify.report import kept
from verify.report.folder import STAMP
from verify.report.page.content import Content, checked
from verify.report.page.render import installed, rendered
from verify.report.page.rows import Gathered, clipped
from verify.report.rows import COLUMNS
from verify.report.tables import SUMMARY_COLUMNS

__all__ = ["FILE", "LARGEST", "OF_STAMP", "page_of", "rows", "write"]
FILE = "report.html"
LARGEST = 2**31
"""Bytes of a table."""
OF_STAMP = 2**22


def page_of(folder: Path, title: str = "") -> str:
    """The page of a report.

    Raises:
        InputError: the folder holds none, or one that cannot be read.
    """
    installed()
    if not (folder / "diff.csv").is_file():
        raise InputError("holds no diff.csv", where=str(folder), fix="name the folder of a report")
    gathered = Gathered.of(rows(folder / "diff.csv", COLUMNS))
    checks = checked(rows(folder / "checks.csv", check_rows.COLUMNS))
    subject, again, about = _stamp(folder)
    return rendered(Content(clipped(title or subject or "lenet-verify", 200), gathered, checks,
                            kept.read(folder), again, _counted(folder), about))  # fmt: skip


def write(folder: Path, title: str = "", to: Path | None = None) -> Path:
    """The page of a report, into its folder or elsewhere; where it is.

    Raises:
        InputError: as above.  OutputError: it cannot be written.
    """
    path = folder / FILE if to is None else to
    try:
        write_atomically(path, page_of(folder, title).encode("utf-8", "backslashreplace"))
    except StorageError as error:
        raise OutputError(error.what, where=error.where, fix="make room, or choose another place"
                          ) from None  # fmt: skip
    return path


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The rows of a table one by one; none where there is no such file.

    Raises:
        InputError: it is none of ours.
    """
    if not path.exists():
        return
    try:
        with opened(path, LARGEST):
            pass  # a regular file of a size that can be read
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if not {*columns} <= {*(reader.fieldnames or ())}:
                raise InputError("has other columns than a report", where=str(path),
                                 fix="write it again")  # fmt: skip
            yield from reader
    except StorageError as error:
        raise InputError(error.what, where=error.where) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot be read: {reason(error)}", where=str(path)) from None


def _counted(folder: Path) -> tuple[int, int, int, int] | None:
    """Rows of the whole run, which diff.csv need not hold: failing and unverified ones; cases."""
    found = [*rows(folder / "summary.csv", SUMMARY_COLUMNS)]
    if not found:
        return None
    try:
        sums = (sum(int(row[name]) for row in found) for name in ("rows", "failed", "unverified",
                                                                  "seeds"))  # fmt: skip
        total, failed, blunt, cases = sums
    except ValueError:
        raise InputError("has counts that are no numbers", where=str(folder / "summary.csv"),
                         fix="write it again") from None  # fmt: skip
    return total, failed, blunt, cases


def _stamp(folder: Path) -> tuple[str, str, list[tuple[str, str]]]:
    """Whose report it is, the command that repeats it, and what else is said of its making."""
    try:
        told = json.loads(contents(folder / STAMP, OF_STAMP))
        run, environment = dict(told["run"]), dict(told["environment"])
    except (StorageError, ValueError, TypeError, KeyError, RecursionError):
        return "", "", []
    subject, again = (clipped(run.pop(name, "") or "") for name in ("subject", "command"))
    both = [*run.items(), *environment.items()]
    return subject, again, [(clipped(name, 40), clipped(value, 200)) for name, value in both[:40]]
