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
    """a @ b.  Where each element is a single product, without the detour through sums, which takes
    four times as long."""
    return a * b if a.shape[1] == 1 else a @ b


WIDE = 8
"""Maps that fill a register of the processor."""


def joined(a: Array, dz: Array) -> Array:
    """sum over i of a_i dz_i^T, (D, K), of a (OH, D, M) and dz (OH, K, M).

    BLAS reads both along their rows and has to turn one around; for a register full of maps that
    takes as long again as the product, and a copy of dz is sooner made.
    """
    across = dz.transpose(0, 2, 1)
    if dz.shape[1] >= WIDE:
        across = np.ascontiguousarray(across)
    return np.add.reduce(np.matmul(a, across), axis=0)


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


def one_hot(position: Labels, a: Array) -> NDArray[np.bool_]:
    """M of :func:`lenet_ref.layers.max_pool.window_gradient`, transposed, (size, rows)."""
    return position == np.arange(a.shape[1])[:, None]


def first_maxima(a: Array, largest: Array) -> NDArray[np.bool_]:
    """The one-hot of :func:`lenet_ref.layers.max_pool.position_of_maximum`, (size, rows), by whole
    columns: the first is where, from the left, a maximum has been seen and had not been before."""
    seen = np.zeros((a.shape[1] + 1, len(a)), dtype=bool)
    np.equal(a.T, largest, out=seen[1:])
    for q in range(2, len(seen)):
        np.logical_or(seen[q - 1], seen[q], out=seen[q])
    if not seen[-1].all():  # a window that equals no maximum holds NaN
        return one_hot(max_pool.position_of_maximum(a), a)
    return seen[1:] != seen[:-1]


def rectified(dy: Array, z: Array, y: Array) -> Array:
    """:func:`lenet_ref.activations.relu.backward`: dz = 1(z > 0) * dy."""
    return masked(z > 0, dy)
