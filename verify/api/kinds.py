"""Of which kind each argument of a check must be: what is none is refused in one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from verify.errors import InputError

__all__ = ["KINDS", "Kind", "is_path", "of_their_kinds", "several"]


def is_path(value: object) -> bool:
    """Some file or folder can be called so."""
    return isinstance(value, str | os.PathLike) and "\0" not in os.fspath(value)


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def several(found: Any) -> tuple[Any, ...]:
    """One value is a sequence of one, and a text none of letters; numbers of NumPy are numbers."""
    if getattr(found, "ndim", 1) == 0:
        return (found.item(),)
    if isinstance(found, str | os.PathLike | Mapping) or not isinstance(found, Iterable):
        return (found,)
    return tuple(each.item() if getattr(each, "ndim", 1) == 0 else each for each in found)


@dataclass(frozen=True)
class Kind:
    """holds: of one value; told: in words; many: a sequence of such will do; none: so will None."""

    holds: Callable[[object], bool]
    told: str
    many: bool = False
    none: bool = True

    def fits(self, value: object) -> bool:
        """A value, or each of several."""
        if value is None:
            return self.none
        return all(map(self.holds, several(value) if self.many else (value,)))


_TEXTS = Kind(lambda v: isinstance(v, str), "a text or several", True, False)
_FLAG = Kind(lambda v: isinstance(v, bool), "True or False", False, False)
_PATH = Kind(is_path, "a path")
_WORDS = Kind(lambda v: isinstance(v, Mapping), "a dict")
KINDS: Mapping[str, Kind] = {
    "mapping": Kind(lambda v: isinstance(v, Mapping) or is_path(v), "a TOML file or a dict"),
    "map": _FLAG,
    "regimes": _TEXTS,
    "batches": Kind(_whole, "a whole number or several", True, False),
    "seed": Kind(_whole, "a whole number"),
    "data": _PATH,
    "weights": _PATH,
    "tensor": Kind(lambda v: isinstance(v, str), "a name, as 'C3.dW'", False, False),
    "conventions": _WORDS,
    "case": _PATH,
    "options": _WORDS,
    "reproducible": _FLAG,
    "allow": _TEXTS,
    "secret": Kind(is_path, "a folder or several", True, False),
    "seconds": Kind(lambda v: isinstance(v, Real) and not isinstance(v, bool), "a number"),
    "memory": Kind(_whole, "a whole number, of MiB"),
    "program": _FLAG,
}


def of_their_kinds(arguments: Mapping[str, object]) -> None:
    """Every argument is of its kind.

    Raises:
        InputError: one is not.
    """
    for name, kind in KINDS.items():
        if not kind.fits(arguments[name]):
            raise InputError("unusable value", where=f"{name}=", got=_shown(arguments[name]),
                             expected=kind.told)  # fmt: skip


def _shown(value: object) -> str:
    """A little of it: what it says of itself may be long, or fail."""
    try:
        return repr(value)[:80]
    except Exception:
        return type(value).__name__
