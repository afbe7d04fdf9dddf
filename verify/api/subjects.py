"""What can be handed in: a function, arrays by name, a path, a name of a function, a command."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lenet_ref.storage import save
from verify.api.kinds import is_path
from verify.errors import InputError
from verify.pipeline.subject import is_callable
from verify.subjects.here import Held
from verify.subjects.values import gathered

__all__ = ["ARRAYS", "Reached", "Subject", "arrays_of", "reached"]
Subject: TypeAlias = Callable[..., Any] | Mapping[str, Any] | str | os.PathLike[str]
ARRAYS = "arrays"
"""What a mapping is called where it has to be spoken of."""


@dataclass(frozen=True)
class Reached:
    """word: by which the rooms below find the subject; shown: how it is written in Python; hidden:
    a path of ours, if its arrays lie in one."""

    word: str
    shown: str
    program: bool = False
    hidden: str = ""

    @property
    def asks(self) -> bool:
        """It answers, and is not only read."""
        return self.program or is_callable(self.word)

    @property
    def here(self) -> bool:
        """It is an object of this process."""
        return isinstance(self.word, Held)


@contextmanager
def reached(subject: Subject, program: bool) -> Iterator[Reached]:
    """A subject as the rooms below take it; arrays lie in a file as long as that takes.

    Raises:
        InputError: it is nothing of what can be judged.
    """
    if program and not isinstance(subject, str):
        raise InputError("not a command", where="subject", got=type(subject).__name__,
                         expected="a string such as './lenet {inputs} {outputs}'")  # fmt: skip
    if isinstance(subject, str | os.PathLike) and (not is_path(subject) or not os.fspath(subject)):
        raise InputError("names nothing", where="subject", got=repr(subject)[:80],
                         expected="a path or 'file.py:function'")  # fmt: skip
    if isinstance(subject, Mapping):
        with TemporaryDirectory(prefix="lenet-verify-") as folder:
            path = Path(folder) / "arrays.npz"
            save(path, arrays_of(subject))
            yield Reached(str(path), ARRAYS, hidden=str(path))
    elif isinstance(subject, str | os.PathLike):
        word = os.fspath(subject)
        yield Reached(word, repr(word), program)
    elif callable(subject):
        held = Held(subject)
        yield Reached(held, str(held))
    else:
        raise InputError("cannot be checked", where="subject", got=type(subject).__name__,
                         expected="a function, a mapping of arrays, a path or 'file.py:function'"
                         )  # fmt: skip


def arrays_of(subject: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Copies of what is called arrays: of NumPy, of PyTorch, lists, numbers; a mapping of
    mappings, too.  What has no dtype of its own takes that of the others.

    Raises:
        InputError: an entry is no array, or there is none.
    """
    found = gathered(subject)
    if found.wrong:
        name, why = next(iter(found.wrong.items()))
        raise InputError(why, where=f"{ARRAYS}[{name!r}]")
    if not found.arrays:
        raise InputError("nothing that could be judged", where=ARRAYS, got="an empty mapping")
    kinds = {a.dtype for name, a in found.arrays.items() if name not in found.plain}
    floats = [kind for kind in kinds if kind.kind == "f"]
    for name in found.plain if len(floats) == 1 else ():
        if found.arrays[name].dtype.kind == "f":
            found.arrays[name] = found.arrays[name].astype(floats[0])
    return {name: np.array(value) for name, value in found.arrays.items()}
