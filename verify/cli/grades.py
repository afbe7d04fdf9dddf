"""A table of many submissions: a line for each, whatever it does."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lenet_ref.door import exists
from lenet_ref.errors import LeNetError
from verify.errors import DIFFERENT, PASSED, UNUSABLE, HarnessError, OutputError
from verify.pipeline.submission import Verdict
from verify.report.files import CsvFile, partial, write_csv
from verify.report.reasons import either
from verify.report.screen import aligned, printed
from verify.report.text import one_line

GRADES = (
    *("submission", "verdict", "status", "guilty_layers", "suspects", "first_tensor", "cause"),
    *("failed", "judged", "tensors", "share"),
)
NOTHING = Verdict(UNUSABLE, "", "", "", 0, 0, 0)
LONGEST = 500
"""Characters of a message that is not ours."""
Judged = Callable[[str, argparse.Namespace], Verdict]
Line = dict[str, Any]


def graded(asked: argparse.Namespace, judged: Judged) -> int:
    """A line for each subject, written as it comes; each report in a folder of its own."""
    subjects = asked.subject or [asked.program]
    rows: list[Line] = []
    try:
        collect(subjects, asked, judged, rows)
    except KeyboardInterrupt:
        kept = f", kept in {partial(asked.table)}" if rows else ""
        raise KeyboardInterrupt(f"{len(rows)} of {len(subjects)} graded{kept}") from None
    shown = [(r["submission"], r["verdict"], blamed(r), r["cause"]) for r in rows]
    printed(*aligned([("submission", "verdict", "guilty", "cause"), *shown]))
    passed = sum(row["status"] == PASSED for row in rows)
    printed(f"{passed} of {len(rows)} passed; table in {asked.table}")
    return PASSED if passed == len(rows) else DIFFERENT


def collect(
    subjects: Sequence[str], asked: argparse.Namespace, judged: Judged, rows: list[Line]
) -> None:
    """Grade one after the other.  A disk that a subject filled may have room again later: then
    the table is written once more, whole."""
    lost = False
    names = distinct(subjects)
    with CsvFile(asked.table, GRADES, keep=True) as file:
        for subject, name, place in zip(subjects, names, places(names), strict=True):
            mine = argparse.Namespace(**{**vars(asked), "out": asked.out / place})
            rows.append({"submission": name, **grade(subject, mine, judged)})
            try:
                file.add(rows[-1:])
            except OutputError:
                lost = True
    if lost:
        write_csv(asked.table, GRADES, rows)


def blamed(row: Mapping[str, Any]) -> str:
    """The guilty layers, or those among which the guilty one is."""
    suspects = row["suspects"].split()
    return row["guilty_layers"] or (either(suspects) if suspects else "-")


def is_callable(word: str) -> bool:
    """module:callable or file.py:callable, and not a path that happens to hold a colon."""
    return ":" in word and not exists(Path(word))


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


def grade(subject: str, asked: argparse.Namespace, judged: Judged) -> Line:
    """One line of the table; what cannot be judged at all is a line too."""
    try:
        v = judged(subject, asked)
    except HarnessError:
        raise
    except LeNetError as error:
        v = replace(NOTHING, cause=str(error))
    except Exception as error:  # whatever a subject leads us into ends its own line alone
        v = replace(NOTHING, cause=internal(error))
    word = {PASSED: "pass", DIFFERENT: "fail"}.get(v.status, "unusable")
    return {
        "verdict": word,
        "status": v.status,
        "guilty_layers": v.guilty,
        "suspects": "" if v.guilty else " ".join(v.suspects),
        "first_tensor": v.tensor,
        "cause": v.cause,
        "failed": v.failed,
        "judged": v.judged,
        "tensors": v.tensors,
        "share": f"{v.share:.3f}",
    }


def internal(error: Exception) -> str:
    """A mistake of ours, on one line."""
    try:
        text = str(error)
    except Exception:  # the message may be a subject's
        text = "without a message"
    return f"internal error, please report: {type(error).__name__}: {one_line(text)[:LONGEST]}"
