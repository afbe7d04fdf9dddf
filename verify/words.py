"""Words for messages: names that were most likely meant, lists of names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence

__all__ = ["SHOWN", "guessed", "listed", "near", "nearest"]
SHOWN = 8
"""Names of a list."""


def listed(names: Iterable[str], shown: int = SHOWN) -> str:
    """The first of them, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - shown} more" if len(every) > shown else ""
    return ", ".join(every[:shown]) + more


def near(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names that a mistyped one is most like."""
    names = {each.lower(): each for each in known}
    return [names[n] for n in difflib.get_close_matches(name.lower(), names, n=most, cutoff=0.5)]


def nearest(name: str, known: Sequence[str]) -> str:
    """The same, joined; a few of the known ones where none is like it."""
    return ", ".join(near(name, known) or [*known[:3], "..."])


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def guessed(name: str, known: Collection[str]) -> str:
    """A name in quotes, and the one that was most likely meant: ``conv2.dW`` is no C5.dW."""
    likely = [each for each in near(name[:80], known, 1)
              if "." not in name or _numbers(each) == _numbers(name[:80])]  # fmt: skip
    return f"{name[:80]!r}" + (f" ({likely[0]}?)" if likely else "")
