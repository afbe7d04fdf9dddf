"""A mapping as it is written: a TOML file, or KEY=VALUE on the command line."""

from __future__ import annotations

import math
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from lenet_ref.door import contents
from lenet_ref.errors import LeNetError
from verify.errors import InputError
from verify.exchange.layout import CHOICES, RATE, Layout
from verify.exchange.names import Names

__all__ = ["LARGEST", "PARTS", "convention", "layout_of", "read_layout"]
LARGEST = 2**17
PARTS = 32
"""A key a.b.c of n parts costs the parser of TOML n ** 3 steps: hours for a few thousand."""


def read_layout(path: Path) -> Layout:
    """A mapping file.

    Raises:
        InputError: not TOML, an unknown table, key or value; patterns for one name.
    """
    try:
        text = contents(path, LARGEST).decode("utf-8")
        if any(words.count(".") > PARTS for words in re.split(r"[]=,{}\n[]", _unquoted(text))):
            raise ValueError(f"a key of more than {PARTS} parts")
        found = tomllib.loads(text)
    except LeNetError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a mapping in TOML: {error}", where=str(path)) from None
    return layout_of(found, path)


def layout_of(found: dict[str, Any], path: Path) -> Layout:
    """A mapping as tables.  path: what messages begin with.

    Raises:
        InputError: an unknown table, key or value; patterns for one name.
    """
    _known(path, "", found, ("names", "expect", *CHOICES))
    tables = {name: _table(path, found, name) for name in ("names", "expect", *CHOICES)}
    names = Names({str(k): _text(path, f"names.{k}", v) for k, v in tables["names"].items()})
    names.check()
    chosen: dict[str, str] = {}
    for table, keys in CHOICES.items():
        _known(path, f"{table}.", tables[table], tuple(keys))
        for key, value in tables[table].items():
            chosen[key] = _choice(f"{path}: {table}.{key}", value, keys[key])
    _known(path, "expect.", tables["expect"], ("absent",))
    absent = tables["expect"].get("absent", [])
    if not isinstance(absent, list):
        raise InputError("not a list", where=f"{path}: expect.absent", got=type(absent).__name__)
    patterns = tuple(_text(path, "expect.absent", pattern) for pattern in absent)
    return Layout({**names.given}, chosen, patterns)


def convention(word: str) -> tuple[str, str]:
    """KEY=VALUE of the command line.

    Raises:
        InputError: not of that form, an unknown key or value.
    """
    key, equals, value = word.partition("=")
    known = {key: values for keys in CHOICES.values() for key, values in keys.items()}
    if not equals or key not in known:
        raise InputError("no such convention", where="--convention", got=word[:80],
                         expected=" or ".join(f"{each}=..." for each in known))  # fmt: skip
    number: Any = value
    if RATE in known[key]:
        with suppress(ValueError):
            number = float(value)
    return key, _choice(f"--convention {key}", number, known[key])


def _unquoted(text: str) -> str:
    """Without what stands in quotes, and a single dot where several follow each other."""
    return re.sub(r"\.+", ".", re.sub(r"""'[^'\n]*'|"[^"\n]*\"""", "q", text))


def _table(path: Path, found: dict[str, Any], name: str) -> dict[str, Any]:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise InputError("not a table", where=f"{path}: {name}", got=type(table).__name__)
    return table


def _known(path: Path, where: str, found: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in found:
        if key not in known:
            raise InputError("no such key", where=f"{path}: {where}{key}"[:200],
                             expected=", ".join(known))  # fmt: skip


def _text(path: Path, where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError("not a string", where=f"{path}: {where}"[:200], got=type(value).__name__)
    return value


def _choice(where: str, value: Any, allowed: tuple[str, ...]) -> str:
    if RATE in allowed and isinstance(value, float | int) and 0 < value < math.inf:
        return repr(float(value))
    if value not in allowed or value == RATE:
        raise InputError("no such choice", where=where, got=str(value)[:80],
                         expected=" or ".join(allowed))  # fmt: skip
    return str(value)
