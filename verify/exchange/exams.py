"""An exam: a golden folder for students that does not say from which seed it was drawn, and the
key, which does.

The seed has SECRET bits and is drawn by the system.  What students hold is made from it by SHA-256
and by generators of 128 bits and more: nobody finds it by drawing cases and comparing.  The answers
are a function of the inputs none the less (docs/grading.md says what that means).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

from lenet_ref.door import exists, reason
from verify.cases.plan import Job
from verify.errors import InputError, OutputError
from verify.exchange.manifest import EXAM, NAME, described, read_manifest

__all__ = ["SECRET", "exam_of", "identity", "key_folder", "opened_with", "public"]
SECRET = 256
"""Bits of the seed."""


def identity(job: Job) -> str:
    """What students may know of the seed: a hash of it and of the case."""
    text = json.dumps(described(job), sort_keys=True)
    return hashlib.sha256(f"lenet-verify exam {text}".encode()).hexdigest()


def exam_of(folder: Path) -> str:
    """The identity of the exam that a folder holds, or an empty string."""
    if not exists(folder / NAME):
        return ""
    return str(read_manifest(folder / NAME).get(EXAM, ""))


def public(exam: str) -> int:
    """A number that reports may show where the seed would stand."""
    return int(exam[:8], 16)


def opened_with(manifest: Mapping[str, Any], key: Path, where: str) -> dict[str, Any]:
    """The manifest of the key, if it is the key of this exam.

    Raises:
        InputError: there is no exam, no key, or it is another one's.
    """
    if EXAM not in manifest:
        raise InputError("is no exam", where=where, fix="leave --key out")
    if not exists(key / NAME):
        raise InputError("holds no key", where=f"--key {key}",
                         fix="golden --exam writes one, into the folder of its --key")  # fmt: skip
    found = read_manifest(key / NAME)
    case = found.get("case")
    if not isinstance(case, dict) or "seed" not in case or EXAM not in found:
        raise InputError("is no key of an exam", where=f"--key {key}",
                         fix="give the folder that golden --exam was given as --key")  # fmt: skip
    if found[EXAM] != manifest[EXAM]:
        raise InputError("is the key of another exam", where=f"--key {key}",
                         got=str(found[EXAM])[:12], expected=str(manifest[EXAM])[:12])  # fmt: skip
    return found


@contextmanager
def key_folder(key: Path, students: Path) -> Iterator[None]:
    """Make the folder of a key, for its owner alone; of an exam that cannot be written nothing
    is kept.

    Raises:
        InputError: it exists, or one of the two folders would hold the other.
        OutputError: it cannot be made.
    """
    mine, theirs = (Path(os.path.realpath(each)) for each in (key, students))
    if mine.is_relative_to(theirs) or theirs.is_relative_to(mine):
        raise InputError("one folder within the other", where=f"--key {key} and --out {students}",
                         fix="put the key where no student looks")  # fmt: skip
    if exists(students) and (not students.is_dir() or any(students.iterdir())):
        raise InputError("holds something already", where=f"--out {students}",
                         fix="an exam has a folder of its own, without answers")  # fmt: skip
    try:
        key.parent.mkdir(parents=True, exist_ok=True)
        key.mkdir(mode=stat.S_IRWXU)
    except FileExistsError:
        raise InputError("exists already; a key is not replaced", where=f"--key {key}",
                         fix="choose another folder") from None  # fmt: skip
    except OSError as error:
        raise OutputError(f"cannot be made: {reason(error)}", where=f"--key {key}") from None
    try:
        yield
        for file in key.iterdir():
            file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except BaseException:
        rmtree(key, ignore_errors=True)
        raise
