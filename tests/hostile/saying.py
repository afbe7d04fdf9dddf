"""What is raised, printed, named and returned."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tests.hostile.family import Values, family

TEXTS = ("\udcff", "\x1b[2J\x1b]0;x\x07", "a\nb\r\nc", "=cmd()", "-1+1", "\x00", "\u202e", "x" * 10**6, "", "%s{0}",
         "\u2028PASS", '","a"\n')  # fmt: skip


@family(TEXTS)
def raises(text: str, *_: Any) -> Values:
    raise ValueError(text)


@family(TEXTS)
def named(text: str, parameters: Values, *_: Any) -> Values:
    """A tensor, and a value that is none, of that name."""
    return {text: parameters["C1.b"], text + "x": None}


@family(TEXTS)
def prints(text: str, parameters: Values, *_: Any) -> Values:
    os.write(1, text.encode("utf-8", "surrogatepass") * 3)
    os.write(2, text.encode("utf-8", "surrogatepass") * 3)
    raise RuntimeError


class UnsayableError(Exception):
    """Its text cannot be had."""

    def __str__(self) -> str:
        raise SystemExit(0)

    __repr__ = __str__


class NoTextError(Exception):
    """Its text is none."""

    def __str__(self) -> str:
        return 3  # type: ignore[return-value]


class EndlessError(Exception):
    """Its text takes for ever."""

    def __str__(self) -> str:
        while True:
            time.sleep(1)


class Code:
    """An exit status that cannot be shown."""

    def __repr__(self) -> str:
        raise KeyboardInterrupt


def circular() -> Exception:
    """The cause of its cause."""
    error = ValueError("round")
    other = TypeError("and round")
    error.__cause__, other.__cause__ = other, error
    return error


def grouped() -> Exception:
    """A group in a group in a group."""
    found: Exception = ValueError("inner")
    for _ in range(300):
        found = ExceptionGroup("\x1b[2J", [found])
    return found


def strange() -> Exception:
    """Its type's name is a formula on two lines."""
    made = type("=cmd()\n\udcff", (Exception,), {"__module__": "\x1b"})
    return made("x")  # type: ignore[no-any-return]


ERRORS: dict[str, Callable[[], BaseException]] = {
    "unsayable": UnsayableError, "no_text": NoTextError, "endless": EndlessError, "circular": circular, "grouped": grouped,
    "strange": strange, "interrupt": KeyboardInterrupt, "generator": GeneratorExit, "stop": StopIteration,
    "base": BaseException, "code": lambda: SystemExit(Code()), "exit": lambda: SystemExit("\x1b" * 9999),
    "unicode": lambda: UnicodeDecodeError("\udcff", b"", 0, 1, "\n"), "memory": MemoryError, "recursion": RecursionError,
    "os": lambda: OSError(28, "\n", "\udcff"), "syntax": lambda: SyntaxError("x", ("\x1b\n", 1, 1, "\n")),
    "warning": lambda: UserWarning("\n"),
}  # fmt: skip


@family(ERRORS)
def errs(make: Callable[[], BaseException], *_: Any) -> Values:
    raise make()


class Evil(np.ndarray):
    """An array that will not be one."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise OSError("\udcff")

    def __array_finalize__(self, other: Any) -> None:
        if other is not None and time.time() < 0:
            raise OSError

    def tobytes(self, *_: Any) -> bytes:
        return os.urandom(8)


class Told(Mapping[str, Any]):
    """A mapping whose items are what it is told."""

    def __init__(self, items: Callable[[], Iterator[Any]]) -> None:
        self.told = items

    def __getitem__(self, name: str) -> Any:
        return np.zeros(6)

    def __len__(self) -> int:
        return -1

    def __iter__(self) -> Iterator[str]:
        return self.told()

    def items(self) -> Any:
        return self.told()


def broken() -> Iterator[Any]:
    """Raises half way."""
    yield "C1.db", np.zeros(6)
    raise OSError("\x1b[2J")


def endless() -> Iterator[Any]:
    """Never ends."""
    while True:
        yield "C1.db", np.zeros(6)


RESULTS: dict[str, Callable[[], Any]] = {
    "list": lambda: [1], "text": lambda: "C1.db", "generator": broken, "type": lambda: dict, "broken": lambda: Told(broken),
    "endless": lambda: Told(endless), "triples": lambda: Told(lambda: iter([(1, 2, 3)])), "none": lambda: {None: None},
    "bytes": lambda: {b"C1.db": np.zeros(6)}, "many": lambda: {f"x{i}": np.zeros(1) for i in range(5000)},
    "many_wrong": lambda: {f"x{i}": None for i in range(5000)}, "long": lambda: {"x" * 2**22: np.zeros(6)},
    "longer": lambda: {"x" * 2**25: np.zeros(6)}, "evil": lambda: {"C1.db": np.zeros(6).view(Evil)},
    "masked": lambda: {"C1.db": np.ma.masked_all(6)}, "matrix": lambda: {"C1.W": np.asmatrix(np.zeros((2, 3)))},
    "objects": lambda: {"C1.db": np.array([UnsayableError] * 6)}, "records": lambda: {"C1.db": np.zeros(6, "f8,U3")},
    "broadcast": lambda: {"C1.db": np.broadcast_to(0.0, (2**24, 2**24))}, "half": lambda: {"C1.db": np.zeros(6, "f2")},
    "wide": lambda: {"C1.db": np.zeros(6, "g")}, "complex": lambda: {"C1.db": np.zeros(6, complex)},
    "large": lambda: {f"x{i}": np.zeros(2**24) for i in range(3)}, "dates": lambda: {"C1.db": np.zeros(6, "M8[s]")},
    "deep": lambda: {"C1.db": np.zeros((1,) * 32)}, "nan": lambda: {"C1.db": np.full(6, np.nan)},
    "negative": lambda: {"S2.argmax": np.full((3, 6, 14, 14), -(2**63))},
}  # fmt: skip


@family(RESULTS)
def returns(make: Callable[[], Any], *_: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()
