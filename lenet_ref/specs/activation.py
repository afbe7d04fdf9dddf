"""Activations as data: a name, and its parameters where it has some, ``leaky(0.01)``."""

from __future__ import annotations

import difflib
import pkgutil
import re
from functools import cache
from pathlib import Path
from typing import TypeAlias

from lenet_ref.errors import OptionError

__all__ = ["APART", "LARGEST", "OTHER_WORDS", "PARAMETERS", "SMALLEST", "Parts", "canonical",
           "names", "parts"]  # fmt: skip
Parts: TypeAlias = tuple[str, tuple[float, ...]]
_FOLDER = Path(__file__).parents[1] / "activations"
PARAMETERS = {"leaky": ("slope",), "scaled_tanh": ("A", "S")}
"""Of the activations that have some: what is written in the brackets, in order."""
SMALLEST, LARGEST = 1e-4, 1e4
"""Of a parameter: a normal number in every format down to float16."""
APART = {"relu_one_at_zero": ("relu", "--convention relu=one-at-zero")}
"""Not to be written in a network: what is, and how the other is declared by whoever has it."""
_TEXT = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*")


OTHER_WORDS = {"sigmoid": "logistic", "leaky_relu": "leaky", "leakyrelu": "leaky",
               "linear": "identity", "none": "identity"}  # fmt: skip
"""By which some are known elsewhere."""


def names() -> list[str]:
    """Of the activations that there are: the files of lenet_ref/activations."""
    return sorted(info.name for info in pkgutil.iter_modules([str(_FOLDER)]))


@cache
def parts(text: str) -> Parts:
    """``parts("leaky(0.01)") == ("leaky", (0.01,))``; ("", ()) where there is no activation.

    The parameters are the float64 numbers next to what is written: A and S of
    y = A tanh(S z) are from 0.0001 to 10000, the slope of leaky is from 0.0001 and below 1 (with
    0 it is relu, with 1 identity).
    Raises:
        OptionError: no such activation, too many or too few parameters, or one out of range.
    """
    if not text:
        return "", ()
    found = _TEXT.fullmatch(text)
    if found is None or found[1] not in names():
        word = found[1] if found else text
        raise OptionError("no such activation", where="activation", got=repr(text)[:80],
                          expected=_likely(word))  # fmt: skip
    name = found[1]
    given = tuple(_number(text, name, word) for word in _words(found[2]))
    if len(given) != len(PARAMETERS.get(name, ())) or found[2] == "":
        raise _wrong(text, name, "takes other parameters")
    if name == "leaky" and given[0] >= 1:
        raise _wrong(text, name, "the slope must be below 1")
    return name, given


def canonical(text: str, where: str) -> str:
    """An activation as a network writes it: ``relu``, ``scaled_tanh(2, 0.5)`` for any spelling.

    Raises:
        OptionError: as :func:`parts`, with where it stands; a convention of a submission.
    """
    try:
        name, given = parts(text)
    except OptionError as error:
        raise OptionError(error.what, where=where, got=error.got, expected=error.expected) from None
    if name in APART:
        right, declared = APART[name]
        raise OptionError("a convention of a submission", where=where, got=repr(name),
                          expected=right, fix=f"declare it: {declared}")  # fmt: skip
    inside = ", ".join(repr(value).removesuffix(".0") for value in given)
    return f"{name}({inside})" if given else name


def _words(inside: str | None) -> list[str]:
    return [] if inside is None or not inside.strip() else inside.split(",")


def _number(text: str, name: str, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise _wrong(text, name, f"no number: {word.strip()[:40]!r}") from None
    if not SMALLEST <= value <= LARGEST:
        raise _wrong(text, name, f"must be from {SMALLEST:g} to {LARGEST:g}: {word.strip()[:40]}")
    return value


def _wrong(text: str, name: str, what: str) -> OptionError:
    return OptionError(what, where="activation", got=repr(text)[:80], expected=_written(name))


def _written(name: str) -> str:
    """How an activation is written."""
    return f"{name}({', '.join(PARAMETERS[name])})" if name in PARAMETERS else name


def _likely(word: str) -> str:
    """The nearest right word; all of them where none is like it."""
    known = OTHER_WORDS.get(word.lower())
    offered = [name for name in names() if name not in APART]
    near = [known] if known else difflib.get_close_matches(word, offered, n=1, cutoff=0.5)
    return " or ".join(_written(name) for name in near or offered)
