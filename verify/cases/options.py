"""Architecture options as people write them: ``reading=seed``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.errors import InputError

__all__ = ["Options", "architecture_options"]
Options = tuple[tuple[str, Any], ...]
"""(name, value) of each."""


def architecture_options(words: Sequence[str]) -> Options:
    """``key=value`` words as typed options.

    Raises:
        InputError: not of that form, no such option, or one of them twice.
    """
    found = tuple(_option(word) for word in words)
    names = [name for name, _ in found]
    if twice := [name for name in dict(found) if names.count(name) > 1]:
        raise InputError("said twice", where=f"--option {twice[0]}", got=", ".join(words))
    return found


_TYPES: dict[str, Any] = {
    "channels": int,
    "reg": float,
    "loss": str,
    "j": float,
    "learned_codes": lambda text: {"true": True, "false": False}[text.lower()],
    "subsampling": str,
    "reading": str,
}


def _option(word: str) -> tuple[str, Any]:
    key, _, value = word.partition("=")
    if key not in _TYPES or not value:
        raise InputError("no such architecture option", where="--option", got=word,
                         expected="KEY=VALUE with KEY of " + ", ".join(_TYPES))  # fmt: skip
    try:
        return key, _TYPES[key](value)
    except (ValueError, KeyError):
        raise InputError("unusable value", where=f"--option {key}", got=value) from None
