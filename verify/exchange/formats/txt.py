"""``.txt``: the numbers of one array as text, its name the file's.

Where lines end says nothing: whoever prints a tensor of four axes prints rows of it, or of a matrix
that has its numbers in the same order.  A table keeps its shape where that may be another order:
that of a matrix, or of filters as a matrix, that lies otherwise than is declared.
"""

from __future__ import annotations

import math
from itertools import accumulate
from operator import mul

from verify.exchange.archives import Shape
from verify.exchange.decimals import WIDEST_NUMBER, parsed
from verify.exchange.places import ArrayFile, Found, Laid, Named
from verify.exchange.readers import remark

__all__ = ["arrays"]


def arrays(file: ArrayFile) -> Found:
    """The array, if its name is known.

    Raises:
        InputError: something in it is no number, or there are more than its tensor can have.
    """
    shape = None if remark(file.name, file.room) else file.room(file.name)
    if shape is None:
        return
    found = parsed(file.array(shape, WIDEST_NUMBER), file.where, math.prod(shape))
    value, blur = found.values, found.blur
    declared = file.room.declared(file.name) if isinstance(file.room, Laid) else ()
    if not _tells(value.shape, shape, declared):
        value, blur = value.reshape(-1), blur.reshape(-1)
    yield Named(file.name, value, blur, found.digits)


def _tells(table: Shape, shape: Shape, declared: Shape) -> bool:
    """The shape of a table says how the array lies: otherwise than flat in the declared order.

    Args:
        shape: with us, with the largest batch; declared: with them, empty where nothing is.
    """
    if len(shape) <= 2:  # of another size: of a smaller batch, or a mistake to be told as it is
        return math.prod(table) != math.prod(shape) or table in (shape, shape[::-1])
    rows = shape[0], math.prod(shape[1:])  # (K, C kh kw) of filters
    grouped = table[0] in accumulate(declared, mul)
    return table in (rows, rows[::-1]) and not grouped
