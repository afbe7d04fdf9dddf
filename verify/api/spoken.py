"""What is said in the words of Python: rooms below speak of options, a caller knows arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from lenet_ref.errors import LeNetError
from verify.checks.outcome import Outcome

__all__ = ["ARGUMENTS", "EITHER", "TAKEN", "in_python", "renamed", "restated", "retold", "spoken"]
ARGUMENTS = {
    "batch": "batches",
    "convention": "conventions",
    "option": "options",
    "regime": "regimes",
    "variant": "network",
}
"""Options whose argument has another name."""
EITHER = "--variant modern, or --network"
"""Two options that are one argument."""
TAKEN = frozenset({
    *ARGUMENTS.values(), "allow", "case", "data", "map", "mapping", "memory", "network", "program",
    "reproducible", "require", "seconds", "secret", "seed", "tensor", "tier", "weights",
})  # fmt: skip
"""Arguments of a check."""
_OPTION = re.compile(r"--([a-z]+)(?![\w-])")
_PAIRS = re.compile(r"--(convention|option) (\w+=[^\s;]+)((?: --\1 \w+=[^\s;]+)*)")
_NETWORK = re.compile(r"--network (?=\w)")
_FLAG = re.compile(r"--(map|reproducible|program)(?![\w-])")


def renamed(text: str, word: Callable[[str, str], str]) -> str:
    """The same, with another word for each option.

    Args:
        word: of the argument's name, and of what stands there.
    """
    text = text.replace(EITHER, "--network")
    return _OPTION.sub(lambda found: word(ARGUMENTS.get(found[1], found[1]), found[0]), text)


def in_python(text: str) -> str:
    """With arguments for options: ``tier=`` for ``--tier``, ``map=True``, and
    ``conventions={'loss': 'sum'}`` for ``--convention loss=sum``."""
    text = _FLAG.sub(r"\1=True", _PAIRS.sub(_mapping, text))
    text = _NETWORK.sub("network=", text.replace(EITHER, "--network"))
    return renamed(text, lambda name, said: f"{name}=" if name in TAKEN else said)


def _mapping(found: re.Match[str]) -> str:
    """Words of one option as the dict that an argument takes."""
    words = [found[2], *found[3].replace(f"--{found[1]}", "").split()]
    return f"{ARGUMENTS[found[1]]}={dict(word.split('=', 1) for word in words)}"


def retold(outcome: Outcome) -> Outcome:
    """With what its checks say, and what would mend them, in these words."""
    said = (
        replace(check, detail=in_python(check.detail), fix=in_python(check.fix))
        for check in outcome.checks
    )
    return replace(outcome, checks=tuple(said))


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
