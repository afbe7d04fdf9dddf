"""How far something has come, told to whoever listens; by default nobody does.

Work tells of itself from whatever room it is done in, and knows nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["Listener", "counted", "listening", "paced", "told"]
_Item = TypeVar("_Item")
Listener = Callable[[str, int, int], None]
"""Is told what, how many of it are done, and of how many."""
_LISTENERS: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """All that is told meanwhile goes to this listener, too."""
    _LISTENERS.append(listener)
    try:
        yield
    finally:
        _LISTENERS.remove(listener)


def told(what: str, done: int, total: int) -> None:
    """So many of so many are done, or of one of which nobody knows how far it is."""
    for listener in _LISTENERS:
        listener(what, done, total)


def paced(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """The items; before each it is told how many are done."""
    total = len(items)
    try:
        for done, item in enumerate(items):
            told(what, done, total)
            yield item
    finally:
        told(what, total, total)


def counted(results: Iterable[_Item], total: int, what: str, before: int = 0) -> Iterator[_Item]:
    """The results of work that is done elsewhere, in as many parts; told as each comes.  before: so
    many were done already."""
    try:
        told(what, before, total)
        for done, result in enumerate(results, before + 1):
            told(what, done, total)
            yield result
    finally:
        told(what, total, total)
