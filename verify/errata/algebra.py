"""Matrix algebra as on paper: shapes must agree, nothing is broadcast.

A formula of the source that only works because NumPy repeats a row is refused here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import ShapeError

Matrix = NDArray[Any]


def size(a: Matrix) -> str:
    """A shape as the source writes it, 784x25."""
    return "x".join(map(str, a.shape))


def _agree(a: Matrix, b: Matrix, agree: bool, sign: str) -> None:
    if not agree:
        raise ShapeError(f"{size(a)} {sign} {size(b)}")


def product(a: Matrix, b: Matrix) -> Matrix:
    """The matrix product."""
    _agree(a, b, a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0], "times")
    return a @ b


def added(a: Matrix, b: Matrix) -> Matrix:
    """The sum of matrices of one shape."""
    _agree(a, b, a.shape == b.shape, "plus")
    return a + b


def by_entry(a: Matrix, b: Matrix) -> Matrix:
    """The product entry by entry of matrices of one shape."""
    _agree(a, b, a.shape == b.shape, "entry by entry")
    return a * b


def trace(a: Matrix) -> Matrix:
    """The sum of the diagonal of a square matrix."""
    _agree(a, a.T, a.shape == a.shape[::-1], "has no diagonal as")
    return np.trace(a)


def reshaped(a: Matrix, shape: tuple[int, ...]) -> Matrix:
    """The same entries in another shape."""
    if a.size != np.prod(shape):
        raise ShapeError(f"{size(a)} into {'x'.join(map(str, shape))}")
    return a.reshape(shape)


def ones(rows: int, columns: int = 1) -> Matrix:
    """A matrix of ones, a column unless told otherwise."""
    return np.ones((rows, columns))


def beside(*parts: Matrix) -> Matrix:
    """Results of several formulas as one: side by side if they have equally many rows."""
    if len({len(part) for part in parts}) == 1:
        return np.hstack(parts)
    return np.concatenate([part.reshape(-1) for part in parts])
