"""TOML from somebody else: limited before it is read, one line when it cannot be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lenet_ref.door import contents
from lenet_ref.errors import LeNetError
from verify.errors import InputError

__all__ = ["LARGEST", "PARTS", "read_toml"]
LARGEST = 2**17
PARTS = 32
"""A key a.b.c of n parts costs the parser of TOML n ** 3 steps: hours for a few thousand."""


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The tables of a file.  what: what it should be, for the message.

    Raises:
        InputError: it cannot be read, or is not TOML.
    """
    try:
        text = contents(path, LARGEST).decode("utf-8")
        if any(words.count(".") > PARTS for words in re.split(r"[]=,{}\n[]", _unquoted(text))):
            raise ValueError(f"a key of more than {PARTS} parts")
        import tomllib  # only here: a run of a network that has a name reads no file

        return tomllib.loads(text)
    except LeNetError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"not {what} in TOML: {error}", where=str(path)) from None


def _unquoted(text: str) -> str:
    """Without what stands in quotes, and a single dot where several follow each other."""
    return re.sub(r"\.+", ".", re.sub(r"""'[^'\n]*'|"[^"\n]*\"""", "q", text))
