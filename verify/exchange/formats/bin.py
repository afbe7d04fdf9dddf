"""``.bin``: numbers of one array, little-endian in C order; dtype and size from the case."""

from __future__ import annotations

import math

import numpy as np

from verify.errors import InputError
from verify.exchange.places import ArrayFile, Found, Named


def arrays(file: ArrayFile) -> Found:
    """The array, if its name is known.

    Raises:
        InputError: no case says its dtype, or it has another number of bytes.
    """
    shape = file.room(file.name)
    if shape is None:
        return
    said = file.dtype_of(file.name)
    if said is None:
        raise InputError("raw .bin files need a case", where=file.name,
                         fix="name the golden inputs with --case FOLDER")  # fmt: skip
    data, dtype = file.array(shape), np.dtype(said).newbyteorder("<")
    wanted = math.prod(shape) * dtype.itemsize
    if len(data) != wanted:
        raise InputError("wrong number of bytes", where=file.where, got=len(data),
                         expected=f"{wanted}: {dtype.name} {shape}")  # fmt: skip
    yield Named(file.name, np.frombuffer(data, dtype=dtype).astype(dtype.newbyteorder("=")))
