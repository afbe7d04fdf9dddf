"""Texts from outside made harmless: nothing moves a cursor, ends a line or becomes a formula."""

from __future__ import annotations

from functools import lru_cache
from typing import IO, Any

__all__ = ["FORMULA", "NUMBER", "WIDTH", "Block", "cell", "encodable", "escaped", "is_negative",
           "one_line"]  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
"""A spreadsheet takes a cell that begins so for something to compute; the wide forms too."""
NUMBER = (int, float)
WIDTH = 80
"""Columns of a table or a closing line, as far as names and places allow."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Block(str):
    """Lines that are meant to be lines; in any other text a line end is an intruder."""


def one_line(text: str) -> str:
    """Every character that is not printed as itself as an escape: control characters, line ends,
    surrogates, marks that turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else escaped(c) for c in text)


def escaped(character: str) -> str:
    """One character as Python writes it."""
    return _SHORT.get(character) or character.encode("unicode_escape").decode("ascii")


def cell(value: Any) -> Any:
    """A value of a table; numbers stay numbers, texts are on one line and no formula."""
    if value is None or isinstance(value, NUMBER):
        return "" if value is None else value
    return _written(str(value))


@lru_cache(4096)  # the same few texts stand in most rows
def _written(text: str) -> str:
    if text.startswith(FORMULA) and not is_negative(text):
        text = "'" + text
    return one_line(text)


def is_negative(text: str) -> bool:
    """-1.5 begins with a minus and is none the less no formula."""
    try:
        float(text)
    except ValueError:
        return False
    return text.startswith("-")


def encodable(text: str, stream: IO[str]) -> str:
    """With escapes in place of what a stream's encoding lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
