"""A function that is an object of this process: called here, as nobody else can reach it.

What is defined in a notebook or in a test cannot be imported by another process.  It is asked the
same questions in the same order, handed copies, and what it returns is copied at once.  What only a
process of its own shows is not judged: a crash or a hang ends this process too, no limit of time or
memory holds, what it prints is printed here, and what it keeps between calls is found, but its
later answers are those of one that remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from verify.cases.case import Case
from verify.exchange.handed import inputs_of, theirs
from verify.exchange.layout import PLAIN, Layout
from verify.judge.trace import Converted
from verify.subjects import child
from verify.subjects.answer import LONGEST, Answer
from verify.subjects.conversation import Conversation
from verify.subjects.limits import SILENT, Limits
from verify.subjects.seen import Seen

__all__ = ["Asked", "Held", "Here", "opened"]


class Held(str):
    """A function under the name by which it is spoken of."""

    function: Callable[..., Any]

    def __new__(cls, function: Callable[..., Any]) -> Held:
        """Functions have a name of their own; other callables that of their class."""
        name = getattr(function, "__qualname__", None)
        name = name if isinstance(name, str) else type(function).__name__
        named = super().__new__(cls, " ".join(name.rpartition("<locals>.")[2].split()))
        named.function = function
        return named


class Here:
    """Questions to a function in this process, like those to one in a process of its own."""

    noise = SILENT
    seen: Mapping[Seen, None] = MappingProxyType({})
    """What it does besides answering is not watched: this process does much else."""

    def __init__(self, function: Callable[..., Any], layout: Layout = PLAIN) -> None:
        self.function, self.layout = function, layout

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""

    def stop(self, patience: float = 0.0) -> None:
        """What a function keeps cannot be taken from it here."""

    def ask(self, case: Case) -> Answer:
        """One call with the arguments of a case; what goes wrong in it is in the answer.

        Raises:
            InputError: there is no name for one of its arguments.
            KeyboardInterrupt: whoever waits is asked, and not the function.
        """
        names, arrays = inputs_of(case, self.layout), theirs(case, self.layout)
        given = {names[name]: np.array(value) for name, value in arrays.items()}
        images, target, changed = child.arguments(given)
        try:
            # its warnings are no mistakes: a process of its own would print them
            with np.errstate(all="ignore"):
                found = child.values.gathered(self.function(given, images, target))
        except KeyboardInterrupt:
            raise
        except child.values.UnfitError as why:
            return Answer(failed=str(why)[:LONGEST])
        except BaseException as error:  # sys.exit included: all that ends a call is its outcome
            return Answer(failed=child.described(error)[:LONGEST])
        return Answer(_kept(found), "", found.wrong, tuple(changed()), found.notes)


def _kept(found: Any) -> Converted:
    """Copies: what the function does to its arrays later changes nothing."""
    tensors = Converted({name: np.array(value) for name, value in found.arrays.items()})
    tensors.plain = {*found.plain}
    return tensors


Asked: TypeAlias = Conversation | Here


def opened(spec: str, limits: Limits, layout: Layout = PLAIN, secret: Sequence[Path] = ()) -> Asked:
    """Questions to a subject: in a process of its own, unless it is an object of this one."""
    if isinstance(spec, Held):
        return Here(spec.function, layout)
    return Conversation(spec, limits, layout, secret)
