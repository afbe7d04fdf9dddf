"""A table of many submissions: a line for each, whatever it does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lenet_ref.errors import LeNetError
from verify.cases.pace import paced
from verify.checks.outcome import Outcome
from verify.errors import DIFFERENT, PASSED, UNUSABLE, HarnessError, OutputError
from verify.pipeline.subject import is_callable
from verify.report.files import CsvFile, partial, write_csv
from verify.report.reasons import either
from verify.report.screen import wrapped
from verify.report.submission import grade as told
from verify.report.text import one_line

GRADES = (
    *("submission", "verdict", "status", "guilty_layers", "suspects", "first_tensor", "cause"),
    *("failed", "judged", "tensors", "share"),
)
LONGEST = 500
"""Characters of a message that is not ours."""
Judged = Callable[[str, Path], Outcome]
"""Judges a subject, and writes its report into a folder."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Where it will be, and where it is written meanwhile."""

    told: Path
    written: Path


def graded(
    subjects: Sequence[str], table: Table, out: Path, judged: Judged
) -> tuple[list[str], int]:
    """A line for each subject, written as it comes; each report in a folder of its own.  What is
    to be printed, and the exit status."""
    rows: list[Line] = []
    try:
        collect(subjects, table.written, out, judged, rows)
    except KeyboardInterrupt:
        kept = f", kept in {partial(table.told)}" if rows else ""
        raise KeyboardInterrupt(f"{len(rows)} of {len(subjects)} graded{kept}") from None
    shown = [(r["submission"], r["verdict"], blamed(r), r["cause"]) for r in rows]
    lines = wrapped([("submission", "verdict", "guilty", "cause"), *shown])
    passed = sum(row["status"] == PASSED for row in rows)
    lines.append(f"{passed} of {len(rows)} passed; table in {table.told}")
    return lines, PASSED if passed == len(rows) else DIFFERENT


def collect(
    subjects: Sequence[str], table: Path, out: Path, judged: Judged, rows: list[Line]
) -> None:
    """Grade one after the other.  A disk that a subject filled may have room again later: then
    the table is written once more, whole."""
    lost = False
    names = distinct(subjects)
    with CsvFile(table, GRADES, keep=True) as file:
        every = [*zip(subjects, names, places(names), strict=True)]
        for subject, name, place in paced(every, "submission"):
            rows.append({"submission": name, **grade(subject, out / place, judged)})
            try:
                file.add(rows[-1:])
            except OutputError:
                lost = True
    if lost:
        write_csv(table, GRADES, rows)


def blamed(row: Mapping[str, Any]) -> str:
    """The guilty layers, or those among which the guilty one is."""
    suspects = row["suspects"].split()
    return row["guilty_layers"] or (either(suspects) if suspects else "-")


def distinct(subjects: Sequence[str]) -> list[str]:
    """The last part of each path that tells them all apart: folders, or the folders of files that
    are all called the same."""
    parts = [Path(word).parts if not is_callable(word) else (word,) for word in subjects]
    longest = max(len(words) for words in parts)
    for depth in range(1, longest + 1):
        names = ["/".join(words[-depth:]) for words in parts]
        if len(set(names)) == len(set(subjects)) and all(names):
            return names
    return list(subjects)


def places(names: Sequence[str]) -> list[str]:
    """A folder for each report, below the one asked for: no two are the same, none leads
    elsewhere, none is too long for a name."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        place = re.sub(r"[^\w.+-]", "_", name)
        if not place.strip(".") or len(place.encode()) > 100 or place in taken:
            known = hashlib.sha256(f"{len(found)} {name}".encode("utf-8", "replace")).hexdigest()
            place = f"{place.strip('.')[:20]}-{known[:12]}"
        taken.add(place)
        found.append(place)
    return found


def grade(subject: str, out: Path, judged: Judged) -> Line:
    """One line of the table; what cannot be judged at all is a line too."""
    try:
        line = told(judged(subject, out))
    except HarnessError:
        raise
    except LeNetError as error:
        line = unusable(str(error))
    except Exception as error:  # whatever a subject leads us into ends its own line alone
        line = unusable(internal(error))
    words = {PASSED: "pass", DIFFERENT: "fail"}
    return {"verdict": words.get(line["status"], "unusable"), **line}


def unusable(cause: str) -> Line:
    """The line of what could not be judged."""
    blank = dict.fromkeys(GRADES[3:], "")
    numbers = {"failed": 0, "judged": 0, "tensors": 0, "share": "0.000"}
    return {**blank, **numbers, "status": UNUSABLE, "cause": cause}


def internal(error: Exception) -> str:
    """A mistake of ours, on one line."""
    try:
        text = str(error)
    except Exception:  # the message may be a subject's
        text = "without a message"
    return f"internal error, please report: {type(error).__name__}: {one_line(text)[:LONGEST]}"
