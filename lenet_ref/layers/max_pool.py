"""Max pooling, S2 and S4 of the modern variant among others; windows as rows."""

from __future__ import annotations

import numpy as np

from lenet_ref import matrix
from lenet_ref.specs.max_pool import SHARED, MaxPool
from lenet_ref.types import Array, Labels, Pair, Parameters, Tensors

__all__ = ["backward", "forward", "layer_backward", "layer_forward", "maximum",
           "position_of_maximum", "shared_gradient", "window_gradient",
           "winner"]  # fmt: skip


def position_of_maximum(a: Array) -> Labels:
    """argmax per row, (rows,).  Eq. M-{S2,S4}-argmax, max_pool-argmax.

    Convention: the *first* maximum in row-major order wins a tie, as in PyTorch on CPU;
    -0.0 and 0.0 tie; NaN is larger than any number, and of several the *last* wins, as there.
    The source's "a is the max" marks every one (erratum S25).
    """
    position = a.argmax(axis=1)
    return np.where(np.isnan(a.max(axis=1)), _last_nan(a), position)


def _last_nan(a: Array) -> Labels:
    """Position of each row's last NaN, (rows,); of no meaning in a row without one."""
    return a.shape[1] - 1 - np.isnan(a[:, ::-1]).argmax(axis=1)


def winner(a: Array, window: Pair, ties: str) -> Labels:
    """argmax per row, (rows,), if not the first maximum wins a tie but the ``last``, or the first
    down the columns (``column-major``): other conventions than Eq. M-{S2,S4}-argmax."""
    if ties == "last":
        return a.shape[1] - 1 - position_of_maximum(a[:, ::-1])
    if ties == "column-major":
        order = np.arange(a.shape[1]).reshape(window).T.reshape(-1)
        return order[position_of_maximum(a[:, order])]
    return position_of_maximum(a)


def maximum(a: Array, argmax: Labels) -> Array:
    """z = a[argmax] per row, (rows,).  Eq. M-{S2,S4}-z, max_pool-z."""
    return a.T.reshape(-1).take(argmax * len(a) + np.arange(len(a)))


def window_gradient(dz: Array, argmax: Labels, size: int) -> Array:
    """da = (dz 1^T) * M with M one-hot in each row.  Eq. M-{S2,S4}-da, max_pool-da.

    Args:
        dz: (rows,); argmax: (rows,); size: elements per window.
    Returns:
        (rows, size).
    """
    one_hot = (argmax == np.arange(size)[:, None]).T
    return np.where(one_hot, dz[:, None], np.zeros((), dz.dtype))


def shared_gradient(dz: Array, a: Array, ties: str) -> Array:
    """da, (rows, size): dz at every maximum of its row (``all``), or ``divided`` by their number.

    Not the derivation's, Eq. M-{S2,S4}-da: there the maximum is one element (erratum S25).
    """
    maxima = a == a.max(axis=1)[:, None]
    share = dz / maxima.sum(axis=1).astype(dz.dtype) if ties == "divided" else dz
    return np.where(maxima, share[:, None], np.zeros((), dz.dtype))


def forward(
    x: Array, window: Pair = (2, 2), ties: str = "first", stride: Pair | None = None
) -> Tensors:
    """Pool a volume (N, C, H, W).  Eq. M-{S2,S4}-y.

    Returns:
        a: (N*C*OH*OW, kh*kw); argmax: (N, C, OH, OW), position inside the window;
        z and y: (N, C, OH, OW).
    """
    pooled = (*x.shape[:2], *matrix.pooled_size(x.shape[2:], window, stride))
    a = matrix.windows(x, window, stride)
    argmax = winner(a, window, ties)
    z = maximum(a, argmax).reshape(pooled)
    return {"a": a, "argmax": argmax.reshape(pooled), "z": z, "y": z}


def backward(
    x: Array, argmax: Labels, dy: Array, window: Pair = (2, 2), stride: Pair | None = None
) -> Tensors:
    """Gradients dz = dy, da (N*C*OH*OW, kh*kw) and dx (N, C, H, W) from dy (N, C, OH, OW).
    Eq. M-{S2,S4}-dz."""
    da = window_gradient(dy.reshape(-1), argmax.reshape(-1), window[0] * window[1])
    return {"dz": dy, "da": da, "dx": matrix.from_windows(da, x.shape, window, stride)}


def layer_forward(layer: MaxPool, x: Array, p: Parameters) -> Tensors:
    """A layer forward; it has no parameters."""
    return forward(x, layer.window, layer.ties, layer.stride)


def layer_backward(layer: MaxPool, t: Tensors, dy: Array) -> Tensors:
    """A layer backward."""
    if layer.ties in SHARED:
        da = shared_gradient(dy.reshape(-1), t["a"], layer.ties)
        dx = matrix.from_windows(da, t["x"].shape, layer.window, layer.stride)
        return {"dz": dy, "da": da, "dx": dx}
    return backward(t["x"], t["argmax"], dy, layer.window, layer.stride)
