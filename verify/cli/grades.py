"""A table of many submissions: a line for each, whatever it does."""

from __future__ import annotations

import functools
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lenet_ref.errors import LeNetError
from lenet_ref.storage import write_atomically
from verify.cases.pace import counted
from verify.checks.outcome import Outcome
from verify.checks.score import Points, scored
from verify.cli.states import STATES, states
from verify.cli.workforce import workers
from verify.errors import DIFFERENT, PASSED, UNUSABLE, HarnessError, OutputError
from verify.pipeline.subject import is_callable
from verify.report.feedback import markdown, of_nothing, told
from verify.report.feedback_page import page
from verify.report.files import CsvFile, partial, write_csv
from verify.report.folder import written
from verify.report.reasons import each_of
from verify.report.screen import wrapped
from verify.report.submission import grade as summary
from verify.report.text import one_line

GRADES = (
    *("submission", "verdict", "status", "guilty_layers", "suspects", "first_tensor", "cause"),
    *("failed", "judged", "tensors", "share", "causes", *STATES),
)
POINTS = ("points", "of", "share_of_required", "without_points", "undecided")
"""Columns of who gives points."""
WORDS = {PASSED: "pass", DIFFERENT: "fail"}
LONGEST = 500
"""Characters of a message that is not ours."""
Judged = Callable[[str, Path], Outcome]
"""Judges a subject, and writes its report into a folder."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Where it will be, and where it is written meanwhile; points of each tensor; a folder for
    feedback, and whether that says what was expected; worker processes, of what cluster."""

    told: Path
    written: Path
    points: Points | None = None
    feedback: Path | None = None
    expected: bool = True
    jobs: int = 1
    dask: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the file."""
        at = GRADES.index("causes")
        given = POINTS if self.points is not None else ()
        return (*GRADES[:at], *given, *GRADES[at:])


@dataclass(frozen=True)
class Task:
    """One submission: the word that names it, as it is called, where its report goes."""

    subject: str
    name: str
    place: str


def graded(
    subjects: Sequence[str], table: Table, out: Path, judged: Judged
) -> tuple[list[str], int]:
    """A line for each subject, written as it comes; each report in a folder of its own.  What is
    to be printed, and the exit status."""
    rows: list[Line] = []
    began = time.monotonic()
    if table.feedback is not None:
        with written(table.feedback):
            table.feedback.mkdir(parents=True, exist_ok=True)
    try:
        collect(subjects, table, out, judged, rows)
    except KeyboardInterrupt:
        kept = f", kept in {partial(table.told)}" if rows else ""
        raise KeyboardInterrupt(f"{len(rows)} of {len(subjects)} graded{kept}") from None
    lines = wrapped(shown(rows, table.points is not None))
    passed = sum(row["status"] == PASSED for row in rows)
    pages = f"; feedback in {table.feedback}" if table.feedback else ""
    lines.append(f"{passed} of {len(rows)} passed; table in {table.told}{pages}")
    many = "" if len(rows) == 1 else "s"
    lines.append(f"{len(rows)} submission{many} in {time.monotonic() - began:.1f} s")
    return lines, PASSED if passed == len(rows) else DIFFERENT


def shown(rows: Sequence[Line], points: bool) -> list[tuple[str, ...]]:
    """The table for the screen."""
    worth = [(f"{r['points']:g}/{r['of']:g}",) if points else () for r in rows]
    heads = ("submission", "verdict", *(["points"] if points else []), "guilty", "cause")
    return [heads, *((r["submission"], r["verdict"], *each, blamed(r), r["cause"])
                     for r, each in zip(rows, worth, strict=True))]  # fmt: skip


def collect(
    subjects: Sequence[str], table: Table, out: Path, judged: Judged, rows: list[Line]
) -> None:
    """Grade them, the table in their order.  A disk that a subject filled may have room again
    later: then the table is written once more, whole."""
    lost = False
    names = distinct(subjects)
    tasks = [*map(Task, subjects, names, places(names))]

    work = functools.partial(graded_alone, table=table, out=out, judged=judged)

    def died(task: Task, how: str) -> Line:
        return written_down(task, table, unusable(f"internal error: its judge {how}"), None)

    crew = workers(table.jobs, table.dask, collected=True, folder=out)
    with (
        CsvFile(table.written, table.columns, keep=True, marked=True) as file,
        crew.results(work, tasks, died) as lines,
    ):
        for line in counted(lines, len(tasks), "submission"):
            rows.append(line)
            try:
                file.add(rows[-1:])
            except OutputError:
                lost = True
    if lost:
        write_csv(table.written, table.columns, rows, marked=True)


def graded_alone(task: Task, table: Table, out: Path, judged: Judged) -> Line:
    """The line of one submission."""
    line, outcome = grade(task.subject, out / task.place, judged)
    return written_down(task, table, line, outcome)


def written_down(task: Task, table: Table, line: Line, outcome: Outcome | None) -> Line:
    """A line with its name and its points, and the pages for the student."""
    score = None if table.points is None else scored(outcome, table.points)
    if score is not None:
        line |= dict(zip(POINTS, (score.points, score.of, f"{score.share:.3f}",
                                  " ".join(score.lost), " ".join(score.undecided)), strict=True)
                     )  # fmt: skip
    if table.feedback is not None:
        if outcome is None:
            found = of_nothing(task.name, line["cause"], score)
        else:
            found = told(task.name, outcome, table.expected, score)
        try:
            for suffix, made in ((".md", markdown), (".html", page)):
                write_atomically(table.feedback / f"{task.place}{suffix}", made(found).encode())
        except LeNetError as error:  # a disk that a subject filled is no end of the run
            line["cause"] = f"{line['cause']}; no feedback: {error}".removeprefix("; ")
    return {"submission": task.name, **line}


def blamed(row: Mapping[str, Any]) -> str:
    """The guilty layers, or those among which the guilty one is."""
    suspects = [group.split() for group in row["suspects"].split(";") if group]
    return row["guilty_layers"] or each_of(suspects) or "-"


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


def grade(subject: str, out: Path, judged: Judged) -> tuple[Line, Outcome | None]:
    """One line of the table, and what it is of; what cannot be judged at all is a line too."""
    outcome = None
    try:
        outcome = judged(subject, out)
        line = {**summary(outcome), **states(outcome.checks)}
    except HarnessError:
        raise
    except LeNetError as error:
        line = unusable(str(error))
    except Exception as error:  # whatever a subject leads us into ends its own line alone
        line = unusable(internal(error))
    return {"verdict": WORDS.get(line["status"], "unusable"), **line}, outcome


def unusable(cause: str) -> Line:
    """The line of what could not be judged."""
    blank = dict.fromkeys(GRADES[3:], "")
    numbers = {"failed": 0, "judged": 0, "tensors": 0, "share": "0.000"}
    return {"verdict": "unusable", **blank, **numbers, "status": UNUSABLE, "cause": cause}


def internal(error: Exception) -> str:
    """A mistake of ours, on one line."""
    try:
        text = str(error)
    except Exception:  # the message may be a subject's
        text = "without a message"
    return f"internal error, please report: {type(error).__name__}: {one_line(text)[:LONGEST]}"
