"""Errors of the judge; the family is lenet_ref's, so one except clause at the edge suffices."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from lenet_ref.errors import LeNetError

PASSED, DIFFERENT, UNUSABLE, INTERNAL = 0, 1, 2, 3
"""Exit statuses."""


def near(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that a mistyped one is most like."""
    names = {each.lower(): each for each in known}
    return [names[n] for n in difflib.get_close_matches(name.lower(), names, n=most, cutoff=0.5)]


def nearest(name: str, known: Sequence[str]) -> str:
    """The same, joined; a few of the known ones where none is like it."""
    return ", ".join(near(name, known) or [*known[:3], "..."])


class InputError(LeNetError):
    """Something the user supplied cannot be used: exit status 2."""


class OutputError(InputError):
    """What a run writes cannot be written: exit status 2."""


class HarnessError(LeNetError):
    """The harness itself cannot be trusted: exit status 3."""
