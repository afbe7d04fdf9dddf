"""What the textbook lines of lenet_ref/layers say, computed sooner: to the bit, or within rounding.

Each stands for one line there; :func:`lenet_ref.fast.gradients.gradients` is held against the plain
path in every run that is verified.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lenet_ref.layers import max_pool
from lenet_ref.types import Array, Labels


def product(a: Array, b: Array) -> Array:
    """a @ b, column-major: each column of z is one map.  Where each element is a single product,
    without the detour through sums, which takes four times as long."""
    return a * b if a.shape[1] == 1 else np.matmul(a, b, order="F")


_BITS = {np.dtype(f"float{8 * n}"): np.dtype(f"int{8 * n}") for n in (2, 4, 8)}


def masked(mask: NDArray[np.bool_], values: Array) -> Array:
    """np.where(mask, values, 0), also where values is not finite; both are broadcast.

    By a bitwise and: np.where jumps at every element, ten times as slow on a mask without order.
    """
    bits = _BITS.get(values.dtype)
    if bits is None:
        return np.where(mask, values, np.zeros((), dtype=values.dtype))
    kept = (-mask.view(np.int8)).astype(bits)  # -1, every bit, where the mask is true
    return (values.view(bits) & kept).view(values.dtype)


def position_of_maximum(a: Array) -> Labels:
    """:func:`lenet_ref.layers.max_pool.position_of_maximum`, by whole columns: as many of them as
    stand before the first maximum are smaller."""
    largest = a.max(axis=1)
    if np.isnan(largest).any():
        return max_pool.position_of_maximum(a)
    smaller = np.ones(len(a), dtype=bool)
    position = np.zeros(len(a), dtype=np.intp)
    for q in range(a.shape[1] - 1):
        smaller &= a[:, q] != largest
        position += smaller
    return position


def rectified(dy: Array, z: Array, y: Array) -> Array:
    """:func:`lenet_ref.activations.relu.backward`: dz = 1(z > 0) * dy."""
    return masked(z > 0, dy)
