"""Average pooling, windows as rows."""

from __future__ import annotations

from lenet_ref import matrix
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.types import Array, Pair, Parameters, Tensors

__all__ = ["average", "backward", "forward", "layer_backward", "layer_forward", "window_gradient"]


def average(a: Array) -> Array:
    """z = a 1 / (kh*kw), the mean of each row, (rows,).  Eq. average_pool-z.

    Args:
        a: (rows, kh*kw), one window a row.
    """
    return a.sum(axis=1) / a.shape[1]


def window_gradient(dz: Array, size: int) -> Array:
    """da = dz 1^T / (kh*kw): every element of a window has an equal share.  Eq. average_pool-da.

    Args:
        dz: (rows,); size: elements per window.
    Returns:
        (rows, size).
    """
    return (dz / size)[:, None].repeat(size, axis=1)


def forward(x: Array, window: Pair = (2, 2), stride: Pair | None = None) -> Tensors:
    """Pool a volume (N, C, H, W); rows and columns that no window reaches are not read.
    Eq. average_pool-{a,y}.

    Returns:
        a: (N*C*OH*OW, kh*kw); z and y: (N, C, OH, OW).
    """
    a = matrix.windows(x, window, stride)
    z = average(a).reshape(*x.shape[:2], *matrix.pooled_size(x.shape[2:], window, stride))
    return {"a": a, "z": z, "y": z}


def backward(x: Array, dy: Array, window: Pair = (2, 2), stride: Pair | None = None) -> Tensors:
    """Gradients dz = dy, da (N*C*OH*OW, kh*kw) and dx (N, C, H, W) from dy (N, C, OH, OW).
    Eq. average_pool-{dz,dx}."""
    da = window_gradient(dy.reshape(-1), window[0] * window[1])
    return {"dz": dy, "da": da, "dx": matrix.from_windows(da, x.shape, window, stride)}


def layer_forward(layer: AveragePool, x: Array, p: Parameters) -> Tensors:
    """A layer forward; it has no parameters."""
    return forward(x, layer.window, layer.stride)


def layer_backward(layer: AveragePool, t: Tensors, dy: Array) -> Tensors:
    """A layer backward."""
    return backward(t["x"], dy, layer.window, layer.stride)
