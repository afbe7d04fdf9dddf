"""Architecture options as people write them: ``reading=seed``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.errors import InputError

__all__ = ["architecture_options"]


def architecture_options(words: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    """``key=value`` words as typed options.

    Raises:
        InputError: not of that form, or no such option.
    """
    return tuple(_option(word) for word in words)


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
