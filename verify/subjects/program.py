"""Ask a program in any language: ``lenet-verify check --program './lenet {inputs} {outputs}'``.

For each case it is started once, on a folder of input files, and writes a folder of tensors.
There is no shell: the command is split into words, and the two places are filled in per word.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lenet_ref.door import contents, reason
from lenet_ref.errors import LeNetError, StorageError
from lenet_ref.storage import write_atomically
from verify.cases.case import Case
from verify.cases.pace import paced
from verify.errors import InputError
from verify.exchange.archives import MOST_FILES
from verify.exchange.arrays import entry, write_arrays
from verify.exchange.files import Collected, ignored, inside, read_as
from verify.exchange.handed import inputs_of, order, theirs
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Room, dtype_of
from verify.exchange.manifest import FORMAT, NAME
from verify.subjects.asked import ANSWERS, Heard
from verify.subjects.leftovers import MARK, PARTING, Folder, marked
from verify.subjects.limits import (
    LATE,
    SILENT,
    Drain,
    Limits,
    Noise,
    end,
    ending,
    last_line,
    limiter,
    printed,
    strays,
)
from verify.words import listed

__all__ = ["LARGEST_INPUT", "PLACES", "Run", "answers", "digest", "filled", "on_case", "run",
           "split", "take"]  # fmt: skip
LARGEST_INPUT = 2**26
"""Bytes of an input file: more than any that is handed out."""
PLACES = ("{inputs}", "{outputs}")


@dataclass(frozen=True)
class Run:
    """How a program ended (failed: why it is of no use) and what it printed."""

    failed: str
    noise: Noise


def answers(
    command: str, planned: Sequence[Case], layout: Layout, limits: Limits
) -> tuple[Heard, Noise]:
    """Run a program on each case; what it wrote, and what it printed or left behind.

    Args:
        command: its words, with ``{inputs}`` and ``{outputs}`` where the folders go.
        asked: seconds and memory (MiB) for each run.
    Raises:
        InputError: it cannot be split or started.
    """
    words = split(command)
    heard, noise = Heard(), SILENT
    for case in paced(planned, "asking about case"):
        with Folder() as place:
            ended = on_case(words, case, place.path, limits, layout)
            heard.say(case, ANSWERS, ended.failed)
            if not ended.failed:
                take(heard, case, place.path / "outputs", layout)
        noise += ended.noise + Noise(0, 0, "", place.left)
    return heard, noise


def on_case(
    words: Sequence[str], case: Case, place: Path, limits: Limits, layout: Layout = PLAIN
) -> Run:
    """Write the inputs of a case as they are called and lie over there, run the program on them.

    Raises:
        InputError: one has no name there that could be a file's.
    """
    inputs, outputs = place / "inputs", place / "outputs"
    outputs.mkdir()
    names = inputs_of(case, layout, files=True)
    arrays = {names[name]: value for name, value in theirs(case, layout).items()}
    write_arrays(arrays, inputs, "bin")
    tensors = {name: entry(name, value, {}) for name, value in arrays.items()}
    manifest = {"format": FORMAT, "name": case.name, "layout": order(layout), "tensors": tensors}
    write_atomically(inputs / NAME, (json.dumps(manifest, indent=1) + "\n").encode())
    before = digest(inputs)
    ended = run(filled(words, inputs, outputs), limits)
    changed = "" if digest(inputs) == before else "the program changed its input files"
    return ended if ended.failed or not changed else Run(changed, ended.noise)


def digest(folder: Path) -> dict[str, str]:
    """What stands under every name of a folder: a hash of a file, or why there is none.  Links
    are not followed, and no more is read than was written there."""
    found: dict[str, str] = {}
    if folder.is_symlink():
        return {"": "a link"}
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, MOST_FILES):
                found[entry.name] = _hash(Path(entry.path))
    except OSError as error:
        found[""] = reason(error)
    return found


def _hash(file: Path) -> str:
    if file.is_symlink():
        return "a link"
    try:
        return hashlib.sha256(contents(file, LARGEST_INPUT)).hexdigest()
    except StorageError as error:
        return str(error)


def take(heard: Heard, case: Case, outputs: Path, layout: Layout) -> None:
    """The tensors a program wrote; what cannot be read is one line, the rest is kept."""
    room = Room(case.arch, case.batch, layout)
    taken = Collected(outputs)
    wrong = []
    try:
        files = inside(outputs)
    except LeNetError as error:
        files, wrong = [], [str(error)]
    for file in files:
        try:
            taken.add(file, room, lambda name: dtype_of(case, layout.ours(name)))
        except LeNetError as error:
            wrong.append(str(error))
    try:
        room.check()
    except LeNetError as error:
        wrong.append(str(error))
    if left := ignored(outputs, room):
        heard.note("ignored", f"ignored: {listed(left)}")
    if read := read_as(taken.found, case, layout):
        heard.note("numbers", read)
    said = "; ".join(wrong[:3]).replace(f"{outputs}/", "")
    heard.say(case, "writes readable tensors", said)
    heard.keep(case, taken.found)


def split(command: str) -> list[str]:
    """The command's words.

    Raises:
        InputError: quotes that do not close, or a folder that has no place.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"cannot be split into words: {error}", where="--program",
                         got=command) from None  # fmt: skip
    if absent := [place for place in PLACES if not any(place in word for word in words)]:
        raise InputError("does not say where the files are", where="--program", got=command,
                         expected=" and ".join(absent))  # fmt: skip
    return words


def filled(words: Sequence[str], inputs: Path, outputs: Path) -> list[str]:
    """The words with both folders in their places."""
    return [w.replace("{inputs}", str(inputs)).replace("{outputs}", str(outputs)) for w in words]


def run(words: Sequence[str], limits: Limits) -> Run:
    """Start a program and wait for its end, at most so long.

    Raises:
        InputError: it cannot be started.
    """
    environment = marked()
    try:
        process = subprocess.Popen(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=limiter(limits.memory),
        )
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be started: {reason(error)}", where="--program", got=words[0],
                         fix="build it first, or give its path") from None  # fmt: skip
    out, err = (Drain(stream) for stream in (process.stdout, process.stderr) if stream is not None)
    try:
        process.wait(timeout=limits.seconds)
        late = False
    except subprocess.TimeoutExpired:
        late = True
    left = SILENT if late else strays(environment[MARK], PARTING)
    status = end(process)
    left += strays(environment[MARK])
    out.finish()
    err.finish()
    noise = printed(out, err) + left
    if late:
        return Run(f"no end within {limits.seconds:g} s {LATE}", noise)
    words_said = last_line(err.tail)
    said = f"; last words: {words_said}" if words_said else ""
    return Run(f"the program {ending(status)}{said}" if status else "", noise)
