"""Errors in the words of Python: rooms below speak of options, a caller knows arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lenet_ref.errors import LeNetError

__all__ = ["ARGUMENTS", "in_python", "renamed", "restated", "spoken"]
ARGUMENTS = {
    "batch": "batches",
    "convention": "conventions",
    "option": "options",
    "regime": "regimes",
    "variant": "network",
}
"""Options whose argument has another name."""
_OPTION = re.compile(r"--([a-z]+)(?![\w-])")


def renamed(text: str, word: Callable[[str, str], str]) -> str:
    """The same, with another word for each option.

    Args:
        word: of the argument's name, and of what stands there.
    """
    text = text.replace("--variant modern, or --network", "--network")
    return _OPTION.sub(lambda found: word(ARGUMENTS.get(found[1], found[1]), found[0]), text)


def in_python(text: str) -> str:
    """With arguments for options: ``tier=`` for ``--tier``."""
    return renamed(text, lambda name, _: f"{name}=")


@contextmanager
def spoken(hidden: str = "", shown: str = "") -> Iterator[None]:
    """Errors of the family leave it with arguments in place of options.

    Args:
        hidden: a path that is ours and no business of the caller; shown: what stands for it.
    """
    with restated(lambda text: in_python(text.replace(hidden, shown) if hidden else text)):
        yield


@contextmanager
def restated(told: Callable[[str], str]) -> Iterator[None]:
    """Errors of the family leave it with every part told anew."""
    try:
        yield
    except LeNetError as error:
        parts = {name: told(getattr(error, name)) for name in ("where", "got", "expected", "fix")}
        raise type(error)(told(error.what), **parts) from None
