"""Subjects: what is being verified.  A subject turns a case into a trace.

A trace is untrusted: each tensor is checked and copied before the oracle sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.cases.case import Case
from verify.expected.step import Step
from verify.judge.reasons import Element, NoArray, OtherDtype, OtherShape, Plain, Reason

__all__ = ["Converted", "Subject", "Trace", "alike", "shared", "to_torch", "unusable"]
Trace: TypeAlias = Mapping[str, NDArray[Any]]
Subject: TypeAlias = Callable[[Case], Trace]


class Converted(dict[str, NDArray[Any]]):
    """A trace some values of which are not the subject's own, but made from them.

    blur: by name, how far each element may be from what the subject's is in exact arithmetic, in
    float64 and of the tensor's shape; nothing for what was converted without rounding.
    elsewhere: by name, what of theirs an element of ours is; nothing for what has our name and lies
    as ours does.
    plain: names of arrays whose numbers had no dtype of their own: text, lists.
    """

    def __init__(self, values: Mapping[str, NDArray[Any]]) -> None:
        super().__init__(values)
        self.blur: dict[str, NDArray[Any]] = {}
        self.elsewhere: dict[str, Callable[[tuple[int, ...]], Element]] = {}
        self.plain: set[str] = set()


def unusable(
    step: Step, trace: Trace, shapes: Mapping[str, tuple[int, ...]], dtype: str
) -> Reason | None:
    """Why a step's tensor cannot be compared at all; None if it can."""
    if step.tensor not in trace:
        return Plain.MISSING
    value = trace[step.tensor]
    if not isinstance(value, np.ndarray | np.generic):
        return NoArray(type(value).__name__)
    if value.shape != shapes[step.tensor] and not alike(value.shape, shapes[step.tensor]):
        return OtherShape(value.shape, shapes[step.tensor])
    if step.symbol == "argmax":
        return None if value.dtype.kind in "iu" else OtherDtype(str(value.dtype))
    return None if value.dtype == dtype else OtherDtype(str(value.dtype), dtype)


def alike(theirs: tuple[int, ...], ours: tuple[int, ...]) -> bool:
    """The same numbers in the same order: all axes but those of length 1 agree."""
    return [n for n in theirs if n != 1] == [n for n in ours if n != 1]


def shared(array: NDArray[Any]) -> Tensor:
    """The subject's own memory where that can be read as it is, for a tensor that is compared and
    that nothing is computed from; else a copy."""
    plain = array.dtype.isnative and array.dtype.kind == "f"
    if plain and array.flags.c_contiguous and array.flags.aligned and array.flags.writeable:
        return torch.from_numpy(np.asarray(array))
    return to_torch(array)


def to_torch(array: NDArray[Any]) -> Tensor:
    """A private, aligned, contiguous copy: the oracle never touches the subject's memory.
    Integers of any width become int64, torch's own; what does not fit is no position anyway."""
    dtype = np.dtype(np.int64) if array.dtype.kind in "iu" else array.dtype.newbyteorder("=")
    return torch.from_numpy(np.array(array, dtype=dtype, order="C"))
