"""Options of layers and losses as people write them down, made into what a spec holds.

What an option may be follows from the type of its field: nothing is listed a second time.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, fields
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, get_type_hints

from lenet_ref import connections
from lenet_ref.errors import OptionError
from lenet_ref.types import Pair

__all__ = ["LARGEST", "TABLE_I", "Given", "known", "nearest", "settled", "written_name"]
LARGEST = 65_536
"""No size, stride or number of maps is larger."""
Given: TypeAlias = Mapping[str, Any]


def written_name(name: str) -> str:
    """How a field is written down: ``maps`` for maps_out."""
    return name.removesuffix("_out")


def nearest(word: object, words: Collection[str]) -> str:
    """The words that a mistyped one is most like, or all of them."""
    found = difflib.get_close_matches(str(word), list(words), n=3, cutoff=0.5)
    return " or ".join(found or words)


def known(where: str, given: Given, words: Collection[str]) -> None:
    """Every key is one of these.

    Raises:
        OptionError: the first that is not, with what was most likely meant.
    """
    for key in given:
        if key not in words:
            raise OptionError("no such key", where=where, got=repr(key)[:80],
                              expected=nearest(key, words))  # fmt: skip


def settled(kind: type[Any], where: str, given: Given, apart: Collection[str]) -> dict[str, Any]:
    """The fields of a spec that were written down, as it holds them.

    Args:
        kind: the spec; apart: names of its fields that are not written down.
    Raises:
        OptionError: an unknown option, one that is needed and not there, or an unusable value.
    """
    options = {written_name(f.name): f for f in fields(kind) if f.name not in apart}
    known(where, given, options)
    hints = _hints(kind)  # type: ignore[arg-type]  # a class can be hashed
    found: dict[str, Any] = {}
    for word, field in options.items():
        if word in given:
            place = f"{where}: {word}"
            found[field.name] = _value(kind, field, hints[field.name], place, given[word])
        elif field.default is field.default_factory:  # both MISSING
            raise OptionError("lacks an option", where=where, expected=word)
    return found


@cache  # evaluating annotations takes longer than all else that is read of a network
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return MappingProxyType(get_type_hints(kind))


def _value(kind: Any, field: Field[Any], hint: Any, where: str, value: Any) -> Any:
    if field.name in kind.choices:
        return _one_of(where, value, kind.choices[field.name])
    make = _MAKERS.get(hint)
    if make is None:
        raise OptionError("cannot be written down", where=where)
    return make(where, value, 0 if field.name == "padding" else 1)


def _one_of(where: str, value: Any, allowed: Collection[str]) -> str:
    if value not in allowed:
        raise OptionError("no such choice", where=where, got=repr(value)[:80],
                          expected=nearest(value, allowed))  # fmt: skip
    return str(value)


def _whole(where: str, value: Any, least: int) -> int:
    if type(value) is not int or not least <= value <= LARGEST:
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected=f"a whole number, {least} to {LARGEST}")  # fmt: skip
    return value


def _pair(where: str, value: Any, least: int) -> Pair:
    """``5``, or ``[down, across]``."""
    both = value if isinstance(value, list) else [value, value]
    if len(both) != 2:
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected="a whole number, or [down, across]")  # fmt: skip
    return _whole(where, both[0], least), _whole(where, both[1], least)


def _number(where: str, value: Any, least: int) -> float:
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected="a number, 0 or more")  # fmt: skip
    return float(value)


def _truth(where: str, value: Any, least: int) -> bool:
    if type(value) is not bool:
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected="true or false")  # fmt: skip
    return value


def _text(where: str, value: Any, least: int) -> str:
    if type(value) is not str:
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected="a text")  # fmt: skip
    return value


TABLE_I = "Table I"


def _table(where: str, value: Any, least: int) -> connections.Table:
    """A list for each output map of the input maps that it reads, or the name of the paper's."""
    if value == TABLE_I:
        return connections.TABLE_I
    rows: list[Any] = value if isinstance(value, list) else []
    if not rows or not all(isinstance(row, list) and row for row in rows):
        raise OptionError("unusable value", where=where, got=repr(value)[:80],
                          expected=f'"{TABLE_I}", or a list of maps read by each map')  # fmt: skip
    return tuple(tuple(_whole(where, source, 0) for source in row) for row in rows)


_MAKERS: dict[Any, Callable[[str, Any, int], Any]] = {
    int: _whole,
    float: _number,
    bool: _truth,
    str: _text,
    Pair: _pair,
    Pair | None: _pair,
    connections.Table | None: _table,
}
"""By the type of a field."""
