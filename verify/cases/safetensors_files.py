"""Files of safetensors: a header in JSON and plain numbers, parsed by the library of that name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import StorageError
from verify.cases.extras import extra
from verify.cases.torch_files import WIDENED
from verify.errors import InputError

__all__ = ["DTYPES", "HALF_OF_FLOAT32", "arrays"]
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip
HALF_OF_FLOAT32 = "BF16"
"""The upper half of a float32, which NumPy lacks."""


def arrays(
    data: bytes, where: str, wanted: Callable[[str, int], bool] = lambda *_: True
) -> Iterator[tuple[str, NDArray[Any], str]]:
    """Arrays by name, and what is to be said of each: bfloat16 is widened to float32, exactly.

    Args:
        data: the whole file: the library makes sure that all of it, and no more, is tensors.
        wanted: whether a tensor of that name and number of elements is to be made.
    Raises:
        InputError: the library is not installed.  StorageError: damaged, or a dtype NumPy lacks.
    """
    library = extra("safetensors", "safetensors", where)
    try:
        found = library.deserialize(data)
    except Exception as error:
        raise StorageError(f"damaged: {error}"[:300], where=where) from None
    for name, entry in found:
        shape = tuple(entry["shape"])
        if wanted(name, math.prod(shape)):
            kind = str(entry["dtype"])
            value = _array(kind, bytes(entry["data"]), shape, f"{where}: {name}")
            yield name, value, WIDENED if kind == HALF_OF_FLOAT32 else ""


def _array(kind: str, data: bytes, shape: tuple[int, ...], where: str) -> NDArray[Any]:
    if kind not in (*DTYPES, HALF_OF_FLOAT32):
        raise InputError("NumPy cannot hold it", where=where[:200], got=kind[:40])
    try:
        if kind == HALF_OF_FLOAT32:
            return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
        return np.frombuffer(data, DTYPES[kind]).reshape(shape)
    except ValueError as error:  # no numbers along one axis, too many along another
        raise StorageError(f"damaged: {error}"[:300], where=where[:200]) from None
