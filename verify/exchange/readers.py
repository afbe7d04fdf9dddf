"""The formats that are read: a file each in ``formats``, found by name, never listed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lenet_ref.families import modules, room
from verify.exchange.places import ArrayFile, Found, Rooms

__all__ = ["FORMATS", "SUFFIXES", "TEXTS", "Reader", "other", "reader", "remark"]
FORMATS = "verify.exchange.formats"
Reader = Callable[[ArrayFile], Found]
TEXTS = (".csv", ".dat", ".txt")
"""Suffixes that anything may have."""
SUFFIXES = tuple(f".{name}" for name in modules(FORMATS))


@cache
def reader(suffix: str) -> Reader:
    """What reads files of that suffix: ``arrays`` of the file of that name, imported when the first
    of them comes.

    Raises:
        LeNetError: the file of the format does not define it.
    """
    name = suffix.removeprefix(".")
    found: Reader = room(FORMATS, (name,), "arrays")[name].arrays
    return found


def remark(name: str, room: Rooms) -> bool:
    """README, log: a text of this name, without its suffix, is not meant as a tensor."""
    return "." not in name and not room.knows(name)


def other(name: str, room: Rooms | None = None) -> bool:
    """The name of a file is not that of an array file; room: a text must be called like a tensor,
    too."""
    if room is not None and name.endswith(TEXTS):
        return remark(name.rpartition(".")[0], room)
    return not name.endswith(SUFFIXES)
