"""Lenient judges: each passes something that must not pass, as each of verify/proof/faults is wrong
somewhere.

A judge that is planted is noticed by the self-test, which ends every run with exit status 3
before anything is judged; or, where it stands behind the self-test, by the exit status of a run
of a wrong reference.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any

from verify.errors import HarnessError

SELF_TEST, EXIT_STATUS, CHECK = "self-test", "exit status", "exit status of check"
"""What notices: the run itself, or what is known of a wrong reference or dump."""


@dataclass(frozen=True)
class Lenient:
    """name: short and unique; about: what passes, one sentence; target: ``module.attribute`` or
    ``module.Class.attribute`` below verify; make: original -> lenient; noticed: by what."""

    name: str
    about: str
    target: str
    make: Callable[[Any], Any]
    noticed: str = SELF_TEST


@contextmanager
def planted(judge: Lenient) -> Iterator[None]:
    """Replace the target, and what other modules imported of it, for the length of a with block.

    Raises:
        HarnessError: the target does not exist, so the judge would be as strict as before.
    """
    owner, attribute = _owner(judge)
    original = vars(owner)[attribute]
    changed = judge.make(original)
    places = [(owner, attribute), *_imported(attribute, original)]
    for place, name in places:
        setattr(place, name, changed)
    try:
        yield
    finally:
        for place, name in places:
            setattr(place, name, original)


def _owner(judge: Lenient) -> tuple[Any, str]:
    """What holds the target, a module or a class, and under which name."""
    *parts, attribute = judge.target.split(".")
    inner = [part for part in parts if part[0].isupper()]
    module = importlib.import_module(".".join(["verify", *parts[: len(parts) - len(inner)]]))
    owner = reduce(getattr, inner, module)
    if attribute not in vars(owner):
        raise HarnessError("no such target", where=judge.name, got=judge.target)
    return owner, attribute


def _imported(attribute: str, original: object) -> list[tuple[Any, str]]:
    """Modules of the judge that imported it under its name."""
    mine = [m for name, m in list(sys.modules.items()) if name.startswith("verify.")]
    return [(m, attribute) for m in mine if vars(m).get(attribute) is original]
