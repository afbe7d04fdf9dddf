"""What a callable may return, as arrays: part of the subject's process, like ``child``, and like it
knows nothing of the rest of the package.

A mapping, a dataclass or a NamedTuple of values, or of such containers of them: C1 and dW are
C1.dW.  A value is a NumPy array or scalar, a tensor of PyTorch (wherever it is and however it is
stored), anything with ``__array__``, a Python number, or lists and tuples of numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "LONGEST_NAME", "Gathered", "UnfitError", "Value", "contained", "converted",
           "entries", "fit", "gathered", "light", "of_torch"]  # fmt: skip
LARGEST = 2**28
"""Bytes of one tensor that are handed back."""
LONGEST_NAME = 80


class UnfitError(Exception):
    """Why a value cannot be handed back."""


class Value(NamedTuple):
    """array: of numbers; plain: they had no dtype of their own; note: how they were made."""

    array: NDArray[Any]
    plain: bool = False
    note: str = ""


@dataclass
class Gathered:
    """arrays: by name; plain: those without a dtype of their own; notes: how some were made; wrong:
    by name, why there is no array."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def take(self, name: Any, value: Any) -> None:
        """One more, or why not."""
        try:
            found = fit(name, value)
            if name in self.arrays:
                raise UnfitError("comes twice")
        except UnfitError as why:
            self.wrong[str(name)[:LONGEST_NAME]] = str(why)
            return
        self.arrays[name] = found.array
        self.plain += [name] if found.plain else []
        self.notes |= {name: found.note} if found.note else {}


def gathered(result: Any) -> Gathered:
    """All that was returned.

    Raises:
        UnfitError: it is no container.
    """
    found = Gathered()
    for name, value in entries(result):
        found.take(name, value)
    return found


def entries(result: Any) -> Iterator[tuple[Any, Any]]:
    """Names and values; those of a container within have both names.

    Raises:
        UnfitError: it is no container.
    """
    outer = contained(result)
    if outer is None:
        kind = type(result).__name__
        raise UnfitError(f"returned a {kind}, expected a mapping of tensor names to arrays")
    for name, value in outer.items():
        inner = contained(value)
        if inner is None:
            yield name, value
            continue
        for symbol, each in inner.items():
            both = isinstance(name, str) and isinstance(symbol, str)
            yield f"{name}.{symbol}" if both else symbol if isinstance(name, str) else name, each


def contained(value: Any) -> Mapping[Any, Any] | None:
    """A container by name; None for what is none."""
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    names = getattr(value, "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple):
        return dict(zip(names, value, strict=True))
    return None


def fit(name: Any, value: Any) -> Value:
    """A value as an array of numbers that is not too large.

    Raises:
        UnfitError: why it is none.
    """
    if not isinstance(name, str):
        raise UnfitError(f"its name is a {type(name).__name__}, expected a string such as C3.dW")
    try:
        found = converted(value)
    except UnfitError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:120]
        kind = type(value).__name__
        raise UnfitError(f"is a {kind} that is no array: {type(error).__name__}: {said}") from None
    if found.array.dtype.kind not in "fiubc":
        raise UnfitError(f"has dtype {found.array.dtype}, expected numbers")
    light(found.array.nbytes)
    return found


def converted(value: Any) -> Value:
    """Whatever it is as an array."""
    if isinstance(value, np.ndarray | np.generic):
        return Value(np.asarray(value))
    if isinstance(value, bool | int | float | complex):
        return Value(np.asarray(value), plain=not isinstance(value, bool))
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return of_torch(torch, value)
    if isinstance(value, list | tuple):
        found = np.asarray(value)
        return Value(found, plain=found.dtype in (np.float64, np.int64))
    if hasattr(value, "__array__") and not isinstance(value, type):
        return Value(np.asarray(value))
    raise UnfitError(f"is a {type(value).__name__}, expected an array, a tensor or numbers")


def of_torch(torch: Any, value: Any) -> Value:
    """A tensor without its graph, in memory and dense.  bfloat16, which NumPy lacks, is widened to
    float32, which holds it exactly."""
    light(value.numel() * value.element_size())
    plain = value.detach().cpu()
    if plain.is_quantized:
        raise UnfitError("is a quantized tensor, expected floats")
    if plain.layout != torch.strided:
        plain = plain.to_dense()
    plain = plain.resolve_conj().resolve_neg()
    if plain.dtype == torch.bfloat16:
        return Value(plain.float().numpy(), note="bfloat16, widened to float32")
    return Value(plain.numpy())


def light(size: int) -> None:
    """No more than may be handed back.

    Raises:
        UnfitError: more bytes than that.
    """
    if size > LARGEST:
        raise UnfitError(f"has {size:,} bytes")
