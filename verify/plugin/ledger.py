"""The ledger of expected failures: a pattern and a reason in each line.

    # what stands in brackets in a test's id; * for anything, ? for one character
    C3.dW-*-N18      the table of connections is read by columns, ticket 12
    mine-C5.db-*     summed over the batch

What is listed and fails is expected; what is listed and passes fails, as does a line that matches
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.door import contents
from verify.errors import InputError

__all__ = ["LARGEST", "Entry", "inner", "read", "unmatched"]
LARGEST = 2**20
"""Bytes of a ledger."""


@dataclass(frozen=True)
class Entry:
    """One line.  where: file and line number."""

    pattern: str
    reason: str
    where: str

    def matches(self, name: str) -> bool:
        """Whether a test is listed: the pattern is of all that stands in its brackets."""
        every = {"*": ".*", "?": "."}
        rule = "".join(every.get(letter, re.escape(letter)) for letter in self.pattern)
        return re.fullmatch(rule, inner(name)) is not None


def inner(name: str) -> str:
    """``C3.dW-digits-float64-N7`` of ``lenet[C3.dW-digits-float64-N7]``."""
    return name.rpartition("lenet[")[2].removesuffix("]")


def read(path: Path, shown: str) -> list[Entry]:
    """Every line of a ledger.

    Raises:
        InputError, StorageError: no text; a line without a reason; two with one pattern.
    """
    try:
        lines = contents(path, LARGEST).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError("not a text in UTF-8", where=shown) from None
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pattern, _, reason = line.strip().replace("\t", " ").partition(" ")
        entry = Entry(inner(pattern), reason.strip(), f"{shown}:{number}")
        if not entry.reason:
            raise InputError("expected to fail, without a reason", where=entry.where, got=pattern,
                             fix="write the reason behind the pattern")  # fmt: skip
        if entry.pattern in found:
            raise InputError("listed twice", where=entry.where, got=pattern,
                             expected=f"one line; the other is {found[entry.pattern].where}"
                             )  # fmt: skip
        found[entry.pattern] = entry
    return [*found.values()]


def unmatched(entries: Iterable[Entry], names: Iterable[str]) -> list[Entry]:
    """Lines that list no test."""
    every = [*names]
    return [entry for entry in entries if not any(map(entry.matches, every))]
