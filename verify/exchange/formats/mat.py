"""``.mat``: variables of MATLAB and Octave, versions 4 to 7, parsed by SciPy.

A compressed variable (version 7) is unpacked here, no further than its tensor can be: SciPy would
believe what the variable says of its size.  Doubles are MATLAB's only numbers until somebody asks
for others: places and labels may be doubles.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from lenet_ref.errors import StorageError
from verify.cases.extras import extra
from verify.errors import InputError
from verify.exchange.archives import HEADER, MOST_FILES, WIDEST, Shape
from verify.exchange.places import ArrayFile, Found, Named

PREFACE = 128
"""Bytes before the first variable of version 5 and later."""
COMPRESSED, MATRIX = 15, 14
"""Kinds of elements."""
NUMBERS = (
    "double",
    "single",
    "logical",
    *(f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)),
)
KINDS = (1, 2, 3, 4, 5, 6, 7, 9, 12, 13)
"""Kinds of numbers that fields of elements hold."""
FIRST = 3
"""Fields that are read to know a variable: its class, its sizes, its name."""
HDF5 = b"\x89HDF\r\n\x1a\n"


def arrays(file: ArrayFile) -> Found:
    """Its variables whose names are known; MATLAB's C1_dW is C1.dW.

    Raises:
        InputError: SciPy is not installed, version 7.3 (HDF5), a cell, struct or text, or a
            variable larger than its tensor can be.
        StorageError: damaged.
    """
    library = extra("scipy.io", "matlab", file.where)
    data = file.whole()
    if HDF5 in (data[:8], data[512:520]):
        raise InputError("MATLAB 7.3 (HDF5), which is not read", where=file.where,
                         fix="save it with -v7")  # fmt: skip
    for head, whole in _parts(data, file.where):
        _sound(head, file.where, FIRST)
        known = [_wanted(file, *each) for each in _parsed(library.whosmat, head, file.where)]
        shapes = {name: shape for name, shape in known if shape is not None}
        if not shapes:
            continue
        plain = whole(sum(math.prod(shape) * WIDEST for shape in shapes.values()) + HEADER)
        _sound(plain, file.where)
        found = _parsed(library.loadmat, plain, file.where, variable_names=list(shapes))
        for name, shape in shapes.items():
            value = found.get(name)
            if not isinstance(value, np.ndarray):
                raise StorageError("damaged variable", where=f"{file.where}: {name[:80]}")
            flat = value.reshape(-1) if len(shape) < 2 else value
            yield Named(file.called(name), flat, plain=True)


def _wanted(file: ArrayFile, name: str, size: Shape, kind: str) -> tuple[str, Shape | None]:
    """A variable and its tensor's shape; None if it is to be left out."""
    shape = file.room(file.called(name))
    if shape is None:
        return name, None
    if kind not in NUMBERS:
        raise InputError("no array of numbers", where=f"{file.where}: {name[:80]}", got=kind[:40],
                         expected="a dense matrix")  # fmt: skip
    file.must_fit(name, math.prod(max(int(each), 0) for each in size), shape)
    return name, shape


def _parsed(read: Any, data: bytes, where: str, **words: Any) -> Any:
    """SciPy's word on a file, without its warnings, and any of its errors as ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(io.BytesIO(data), **words)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StorageError(f"damaged, or no MATLAB file: {first}"[:300], where=where) from None


def _parts(data: bytes, where: str) -> Iterator[tuple[bytes, Callable[[int], bytes]]]:
    """Each variable as a file of its own: the beginning of it, and how to get at most so many
    bytes of it unpacked; a file of version 4, which is not compressed, whole.

    Raises:
        StorageError: damaged, or too many variables.
    """
    if not (order := _order(data)):
        yield data, lambda _: data
        return
    at, count = PREFACE, 0
    while at < len(data):
        kind, size = struct.unpack_from(f"{order}II", data.ljust(at + 8), at)
        body, count = data[at : at + 8 + size], count + 1
        if len(body) != size + 8 or kind not in (COMPRESSED, MATRIX) or count > MOST_FILES:
            raise StorageError("damaged, or too many variables", where=where)
        take = partial(_unpacked if kind == COMPRESSED else _cut, body, data[:PREFACE], where)
        yield take(HEADER, True), take
        at += 8 + size


def _sound(data: bytes, where: str, most: int = MOST_FILES) -> None:
    """The fields of a variable are of known kinds and lie within it, for SciPy believes both.

    Args:
        most: how many of them are looked at.
    Raises:
        StorageError: one is not.
    """
    if not (order := _order(data)):
        return
    at = PREFACE + 8
    for _ in range(most):
        if at >= len(data):
            return
        kind, size = struct.unpack_from(f"{order}II", data.ljust(at + 8), at)
        small = kind >> 16
        size, kind = (small, kind & 0xFFFF) if small else (size, kind)
        if kind not in KINDS or size > (4 if small else len(data) - at - 8):
            raise StorageError("damaged variable", where=where)
        at += 8 if small else 8 + size + -size % 8


def _order(data: bytes) -> str:
    """Of the bytes of a number, for struct; nothing before version 5."""
    return {b"IM": "<", b"MI": ">"}.get(data[126:PREFACE], "")


def _cut(body: bytes, preface: bytes, where: str, most: int, begin: bool = False) -> bytes:
    """A variable that is not compressed."""
    return preface + (body[:most] if begin else body)


def _unpacked(body: bytes, preface: bytes, where: str, most: int, begin: bool = False) -> bytes:
    """A compressed variable; begin: no more than its beginning is wanted.

    Raises:
        StorageError: damaged.  InputError: it goes on after so many bytes.
    """
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(body[8:], most)
    except zlib.error as error:
        raise StorageError(f"damaged: {error}", where=where) from None
    if not begin and not stream.eof:
        raise InputError("larger than its tensor can be, or cut off", where=where,
                         expected=f"at most {most} bytes")  # fmt: skip
    return preface + found
