"""The table of mistakes: what each operation gives under a mistake people make.

A module of this room that holds a mapping MISTAKES of operation to entries contributes them; to
add one, add a line, to add a family, add a module.  One table serves twice: a failing tensor is
held against every entry of its operation (diagnosis), and each entry is put in the place of the
right result, to be named as itself (verify.proof.planting).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from lenet_ref import families
from verify.errors import HarnessError
from verify.judge.findings import Cause
from verify.mistakes import links
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.mistakes.mistake import Mistake

__all__ = ["FIRST", "MISTAKES", "Table", "hypotheses", "merged", "mistake", "modules"]
Table = Mapping[str, tuple[Mistake, ...]]

FIRST = (
    *("true_convolution", "convolution", "padding", "fields", "connections"),
    *("convolution_gradient", "affine", "links"),
    *("regulariser", "softmax"),
)
"""Modules that share operations with others, in the order in which their entries are tried: the
first that fits is the diagnosis, so the specific stands before the general."""


def modules() -> list[str]:
    """Modules of this room, those of FIRST before the others."""
    names = {info.name for info in pkgutil.iter_modules([str(Path(__file__).parent)])}
    return [*FIRST, *sorted(names - {*FIRST, "diagnosis", "hidden", "table"})]


def merged(tables: Iterator[Table]) -> dict[str, tuple[Mistake, ...]]:
    """One mapping; an operation's entries stand in the order of the tables.

    Raises:
        HarnessError: two entries of an operation share a name.
    """
    found: dict[str, tuple[Mistake, ...]] = {}
    for table in tables:
        for operation, entries in table.items():
            found[operation] = found.get(operation, ()) + entries
    for operation, entries in found.items():
        names = [entry.name for entry in entries]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise HarnessError("mistakes share a name", where=operation, got=", ".join(doubled))
    return found


MISTAKES = merged(
    getattr(importlib.import_module(f"verify.mistakes.{name}"), "MISTAKES", {})
    for name in modules()
)


families.room("verify.mistakes", families.every(), "MISTAKES")


def mistake(operation: str, name: str) -> Mistake:
    """An entry by name.

    Raises:
        HarnessError: there is none.
    """
    for entry in MISTAKES.get(operation, ()):
        if entry.name == name:
            return entry
    raise HarnessError("no such mistake", where=operation, got=name)


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """Exchanged parameters, then the mistakes of the failing tensor's operation."""
    yield from links.parameters(e)
    for entry in MISTAKES.get(e.step.op, ()):
        cause = Cause(entry.kind, f"{e.step.tensor} {entry.told(e)}")
        yield Candidate(cause, partial(entry.formula, e), entry.fitted)
