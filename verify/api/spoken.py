"""Errors in the words of Python: rooms below speak of options, a caller knows arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from lenet_ref.errors import LeNetError

__all__ = ["ARGUMENTS", "in_python", "spoken"]
ARGUMENTS = {
    "batch": "batches",
    "convention": "conventions",
    "option": "options",
    "regime": "regimes",
    "variant": "network",
}
"""Options whose argument has another name."""
_OPTION = re.compile(r"--([a-z]+)(?![\w-])")


def in_python(text: str) -> str:
    """The same, with arguments for options: ``tier=`` for ``--tier``."""
    text = text.replace("--variant modern, or --network", "--network")
    return _OPTION.sub(lambda found: f"{ARGUMENTS.get(found[1], found[1])}=", text)


@contextmanager
def spoken(hidden: str = "", shown: str = "") -> Iterator[None]:
    """Errors of the family leave it with arguments in place of options.

    Args:
        hidden: a path that is ours and no business of the caller; shown: what stands for it.
    """
    try:
        yield
    except LeNetError as error:

        def told(text: str) -> str:
            return in_python(text.replace(hidden, shown) if hidden else text)

        parts = {name: told(getattr(error, name)) for name in ("where", "got", "expected", "fix")}
        raise type(error)(told(error.what), **parts) from None
