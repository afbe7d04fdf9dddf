"""Errors of the judge; the family is lenet_ref's, so one except clause at the edge suffices."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

from lenet_ref.errors import LeNetError

PASSED, DIFFERENT, UNUSABLE, INTERNAL = 0, 1, 2, 3
"""Exit statuses."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names that a mistyped one is most like, joined; a few of them where none is."""
    names = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    return ", ".join(names[each] for each in near) or ", ".join([*islice(names.values(), 3), "..."])


class InputError(LeNetError):
    """Something the user supplied cannot be used: exit status 2."""


class OutputError(InputError):
    """What a run writes cannot be written: exit status 2."""


class HarnessError(LeNetError):
    """The harness itself cannot be trusted: exit status 3."""
