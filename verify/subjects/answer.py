"""What comes back from a subject's process: untrusted, read with limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lenet_ref.errors import LeNetError, StorageError
from verify.exchange.archives import MOST_FILES, STORED, WIDEST, members
from verify.exchange.files import numbers_of
from verify.judge.trace import Converted, Trace

LONGEST = 300
"""Characters of a text from the other side."""


@dataclass(frozen=True)
class Answer:
    """What one call gave.  failed: why there are no tensors; wrong: by name, what could not be
    handed back and why; changed: arguments that the call altered; notes: by name, how it
    was made an array."""

    tensors: Trace = field(default_factory=dict)
    failed: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def room(batch: int) -> int:
    """Bytes of an answer: 32 MiB an image and 64 more, where a whole trace takes 2 an image."""
    return (batch + 2) * 2**25


def read(reply: Mapping[str, Any], path: Path, memory: int, most: int) -> Answer:
    """A reply and its file as an answer; both come from the subject's process: trust neither.

    Args:
        reply: what came over the pipe; path: the file beside it.
        memory: MiB that the subject had, to be named where it lacked some.
        most: bytes of the file, and of all its arrays.
    """
    if "failed" in reply:
        failed = str(reply["failed"])[:LONGEST]
        limit = f" (it has {memory} MiB; --memory)" if "MemoryError" in failed else ""
        return Answer(failed=failed + limit)
    try:
        names = _texts(reply["names"])
        wrong, notes = _pairs(reply["wrong"]), _pairs(reply["notes"])
        changed = tuple(_texts(reply["changed"]))
        tensors = Converted(_arrays(path, names, most))
        tensors.plain = {*_texts(reply["plain"])} & tensors.keys()
        return Answer(tensors, "", wrong, changed, notes)
    except LeNetError as error:
        text = str(error).replace(f"{path}: ", "")
        return Answer(failed=f"its results cannot be read: {text}"[:LONGEST])
    except Exception as error:
        return Answer(failed=f"its results cannot be read: {type(error).__name__}")


def _arrays(path: Path, names: list[str], most: int) -> Trace:
    """The arrays under their names; the file has them under numbers."""
    found, total = {}, 0
    for number, value in members(path, lambda _: (most // WIDEST,), path.parent, STORED, most):
        total += value.nbytes
        if total > most:
            raise StorageError("too much in all", where=str(path), expected=f"{most} bytes")
        found[number] = numbers_of(value, number)
    return {name: found[str(i)] for i, name in enumerate(names)}


def _texts(found: Any) -> list[str]:
    """A list of not too many texts."""
    if not isinstance(found, list) or len(found) > MOST_FILES:
        raise StorageError("not a list of at most so many texts", expected=MOST_FILES)
    return [str(text)[:LONGEST] for text in found]


def _pairs(found: Any) -> dict[str, str]:
    """A mapping of texts."""
    if not isinstance(found, dict):
        raise StorageError("not a mapping", got=type(found).__name__)
    return dict(zip(_texts(list(found)), _texts(list(found.values())), strict=True))
