"""Batches of hostile submissions between two that are right, and what must come of them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.hostile import arrays, formats, manifests, places, texts
from tests.hostile.arrays import Arrays, Hostile

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FAMILIES = (
    *(arrays.garbled, arrays.dtypes, arrays.values, arrays.headers, arrays.archives),
    *(places.things, places.names, places.folders),
    *(formats.states, formats.of_safetensors, formats.of_matlab, texts.texts, texts.zips),
    *(manifests.fields, manifests.texts, manifests.own),
)
SECONDS = "2"
RIGHT = ("aa-right", "zz-right")


def files() -> list[Hostile]:
    """Every submission that is a folder."""
    return [hostile for family in FAMILIES for hostile in family()]


@dataclass
class Outcome:
    """Counts, and everything that was not as it must be."""

    subjects: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(what)


@dataclass(frozen=True)
class Ended:
    """A command that came to its end."""

    status: int
    out: str
    err: str
    seconds: float


def command(words: Sequence[str], limit: float, cwd: Path) -> Ended:
    """Run ``lenet-verify`` in a process of its own; a status of -99 is a hang."""
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "verify", *words], cwd=cwd, env=environment, timeout=limit,
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return Ended(-99, "", str(late), limit)
    out, err = done.stdout.decode(), done.stderr.decode()
    return Ended(done.returncode, out, err, time.monotonic() - start)


def orderly(outcome: Outcome, ended: Ended, what: str) -> None:
    """A documented status, no traceback, nothing that moves a cursor."""
    outcome.statuses[ended.status] += 1
    outcome.expect(ended.status in (0, 1, 2), f"{what}: status {ended.status}: {ended.err[-300:]}")
    outcome.expect("Traceback" not in ended.err + ended.out, f"{what}: {ended.err[-600:]}")
    for text in (ended.out, ended.err):
        odd = {c for c in text if not c.isprintable() and c != "\n"}
        outcome.expect(not odd, f"{what}: prints {odd}")
    outcome.expect(ended.err.count("\n") <= 1, f"{what}: more than a line: {ended.err[-300:]}")


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV; a text that begins as a formula does is an error."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def graded(
    outcome: Outcome, what: str, words: Sequence[str], expected: dict[str, bool | None],
    folder: Path, limit: float,
) -> None:  # fmt: skip
    """One batch into a table.  expected: by subject, in order; the first and last are right."""
    csv_file = folder / f"{what}.csv"
    asked = ["check", *expected, *words, "--table", str(csv_file), "--out", str(folder / "out")]
    ended = command(asked, limit, folder)
    orderly(outcome, ended, what)
    rows = table(csv_file)
    if len(rows) != len(expected):
        outcome.wrong.append(f"{what}: {len(rows)} rows: {ended.err[-300:]}")
    compared(outcome, what, expected, rows)
    outcome.subjects[what.split("-")[0]] += len(expected) - 2


def compared(
    outcome: Outcome, what: str, expected: dict[str, bool | None], rows: list[dict[str, str]]
) -> None:
    """Every line of a table: the verdict, one line, no formula."""
    for (subject, passes), row in zip(expected.items(), rows, strict=False):
        outcome.verdicts[row["verdict"]] += 1
        said = f"{what}: {subject!r}: {row['verdict']}: {row['cause']}"
        outcome.expect(passes in (None, row["verdict"] == "pass"), said)
        outcome.expect("internal error" not in row["cause"], said)
        for cell in row.values():
            outcome.expect(cell.isprintable(), f"{what}: {subject!r}: {cell!r}")
            outcome.expect(not cell.startswith(("=", "+", "@", "-")), f"{what}: {cell!r}")


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder in which harm may be done; flags that even root minds are lifted in the end."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder / "tmp")
    (folder / "tmp").mkdir()
    try:
        yield folder
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
        if shutil.which("chattr"):
            subprocess.run(["chattr", "-R", "-f", "-i", folder], check=False, capture_output=True)
        places.cleared(folder)


def golden(folder: Path) -> tuple[Path, Arrays, Arrays]:
    """A golden folder; what a right submission to it holds, and one that brings its own case."""
    place = folder / "golden"
    words = ["--variant", "modern", "--batch", "1", "--out", str(place)]
    if (ended := command(["golden", *words], 120, folder)).status:
        raise RuntimeError(ended.err)
    with np.load(place / "tensors.npz") as file:
        every = {name: file[name] for name in file.files}
    gradients = {k: v for k, v in every.items() if k.rpartition(".")[2] in ("dW", "db")}
    given = {k: v for k, v in every.items() if k in ("images", "labels") or k[-2:] in (".W", ".b")}
    return place, gradients, {**given, **gradients}


def judge_files(outcome: Outcome, folder: Path, chosen: Sequence[Hostile], size: int = 80) -> None:
    """Folders: with a golden folder of the operator's, or alone."""
    case, gradients, own = golden(folder)
    for alone in (False, True):
        mine = [h for h in chosen if h.alone == alone]
        right = own if alone else gradients
        words = ["--variant", "modern"] + ([] if alone else ["--case", str(case)])
        for start in range(0, len(mine), size):
            what = f"files-{'alone' if alone else 'case'}-{start}"
            batch = {"aa-right": True, **{h.name: h.passes for h in mine[start : start + size]}}
            made = {h.name: h.make for h in mine[start : start + size]}
            place = folder / what
            for name in (*batch, "zz-right"):
                (place / name).mkdir(parents=True)
                if name in made:
                    made[name](place / name, right)
                else:
                    np.savez(place / name / "answers.npz", **right)
            expected = {f"{what}/{name}": passes for name, passes in batch.items()}
            graded(
                outcome, what, words, {**expected, f"{what}/zz-right": True}, folder, 60 + 3 * size
            )


def judge_callables(outcome: Outcome, folder: Path, names: Sequence[str], size: int = 35) -> None:
    """Callables, with little time and memory."""
    path = HERE / "callables.py"
    words = ["--variant", "modern", "--seconds", SECONDS, "--memory", "1024"]
    for start in range(0, len(names), size):
        batch = names[start : start + size]
        last = folder / f"right{start}.py"
        last.write_text(path.read_text())  # another name: a subject is not judged twice
        subjects = {f"{path}:right": True, **dict.fromkeys([f"{path}:{n}" for n in batch], False)}
        graded(
            outcome,
            f"callables-{start}",
            words,
            {**subjects, f"{last}:right": True},
            folder,
            60 + 25 * size,
        )


def judge_programs(outcome: Outcome, folder: Path, names: Sequence[str]) -> None:
    """Programs, one by one."""
    for name in names:
        words = ["--variant", "modern", "--seconds", SECONDS, "--out", str(folder / "out")]
        program = f"{sys.executable} {HERE / 'programs.py'} {name} {{inputs}} {{outputs}}"
        ended = command(["check", "--program", program, *words], 90, folder)
        orderly(outcome, ended, f"program {name}")
        outcome.expect(ended.status != 0, f"program {name}: passed")
        outcome.subjects["programs"] += 1


def judge_mappings(outcome: Outcome, folder: Path, number: int = 100) -> None:
    """Mappings, one by one."""
    (folder / "mappings").mkdir()
    place = folder / "golden"
    for path in list(manifests.mappings(folder / "mappings"))[:number]:
        words = ["check", str(place), "--mapping", str(path), "--out", str(folder / "out")]
        orderly(outcome, command(words, 60, folder), f"mapping {path.name}")
        outcome.subjects["mappings"] += 1


def report(outcome: Outcome, seconds: float) -> str:
    """One line of figures, and a line for everything wrong."""
    figures = {
        "subjects": dict(outcome.subjects), "in all": outcome.subjects.total(),
        "statuses": dict(outcome.statuses), "verdicts": dict(outcome.verdicts),
        "wrong": len(outcome.wrong), "seconds": round(seconds),
    }  # fmt: skip
    return "\n".join([json.dumps(figures), *outcome.wrong])
