"""What a layer returns here: its output, and how a gradient comes back through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from lenet_ref.matrix import pooled_size
from lenet_ref.specs.pool import Pool
from lenet_ref.types import Array, Tensors

Pullback: TypeAlias = Callable[[Array], tuple[Array, Tensors]]
"""From the gradient at the output to the one at the input and those of the parameters."""


def flat(x: Array, last: bool = False) -> Array:
    """(N, D) of a volume (C, H, W, N), or of what is flat already; last: with its maps last."""
    if last and x.ndim == 4:
        x = x.transpose(1, 2, 0, 3)
    return x.reshape(-1, x.shape[3]).T if x.ndim == 4 else x


def unflat(dx: Array, x: Array, last: bool = False) -> Array:
    """Back in the shape of x."""
    if last and x.ndim == 4:
        c, h, w, n = x.shape
        return dx.T.reshape(h, w, c, n).transpose(2, 0, 1, 3)
    return dx.T.reshape(x.shape) if x.ndim == 4 else dx


def pooled(z: Array, layer: Pool, x: Array) -> Array:
    """(C, OH, OW, N) of a number for each window of a volume (C, H, W, N), (OH*C*OW*N,)."""
    c, h, w, n = x.shape
    oh, ow = pooled_size((h, w), layer.window, layer.stride)
    return z.reshape(oh, c, ow, n).transpose(1, 0, 2, 3)
