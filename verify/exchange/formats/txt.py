"""``.txt``: the numbers of one array as text, its name the file's.

Flat where it is not a table; a table of a tensor of more than two axes is flat, too, but for a
matrix of filters: its lines are no axis of the tensor.
"""

from __future__ import annotations

import math

from verify.exchange.archives import Shape
from verify.exchange.decimals import WIDEST_NUMBER, parsed
from verify.exchange.places import ArrayFile, Found, Named
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
    if len(shape) > 2 and not _filters(value.shape, shape):
        value, blur = value.reshape(-1), blur.reshape(-1)
    yield Named(file.name, value, blur, found.digits)


def _filters(table: Shape, shape: Shape) -> bool:
    """(K, C kh kw), or the other way round."""
    matrix = (shape[0], math.prod(shape[1:]))
    return table in (matrix, matrix[::-1])
