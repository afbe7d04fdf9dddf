"""Trainable subsampling S2 and S4 of 1998: sum of the window, coefficient, bias.

The paper's section II-B adds the four inputs, II-A averages them; "sum" is the default,
"average" a named reading.  The squashing follows in the network.
"""

from __future__ import annotations

from lenet_ref import matrix
from lenet_ref.specs.subsampling import Subsampling
from lenet_ref.types import Array, Pair, Parameters, Tensors


def window_scale(reading: str, window: Pair) -> float:
    """Weight of one element in its window's s: 1 (sum) or 1 / (kh*kw) (average)."""
    return 1.0 if reading == "sum" else 1.0 / (window[0] * window[1])


def window_sum(a: Array, scale: float) -> Array:
    """s = a 1 (times 1/4 in the reading "average"), (rows,).  Eq. H-{S2,S4}-s, subsampling-s."""
    return a.sum(axis=1) * scale


def pre_activation(s: Array, W: Array, b: Array) -> Array:
    """z = W_c s + b_c for each map c.  Eq. H-{S2,S4}-z, subsampling-z.

    Args:
        s: (N, C, OH, OW); W, b: (C,).
    """
    return W[:, None, None] * s + b[:, None, None]


def sum_gradient(dz: Array, W: Array) -> Array:
    """ds = W_c dz, (N, C, OH, OW).  Eq. H-{S2,S4}-ds, subsampling-ds."""
    return W[:, None, None] * dz


def window_gradient(ds: Array, scale: float, size: int) -> Array:
    """da = ds 1^T (times 1/4 in the reading "average").  Eq. H-{S2,S4}-da, subsampling-da.

    Args:
        ds: (rows,); size: elements per window.
    Returns:
        (rows, size).
    """
    return (ds[:, None] * scale).repeat(size, axis=1)


def coefficient_gradient(s: Array, dz: Array) -> Array:
    """dW_c = sum over n, i, j of dz * s, (C,).  Eq. H-{S2,S4}-dW, subsampling-dW."""
    return (dz * s).sum(axis=(0, 2, 3))


def bias_gradient(dz: Array) -> Array:
    """db_c = sum over n, i, j of dz, (C,).  Eq. H-{S2,S4}-db, subsampling-db."""
    return dz.sum(axis=(0, 2, 3))


def forward(
    x: Array,
    W: Array,
    b: Array,
    window: Pair = (2, 2),
    reading: str = "sum",
    stride: Pair | None = None,
) -> Tensors:
    """The linear part of subsampling a volume (N, C, H, W).

    Returns:
        a: (N*C*OH*OW, kh*kw); s and z: (N, C, OH, OW).
    """
    a = matrix.windows(x, window, stride)
    s = window_sum(a, window_scale(reading, window))
    s = s.reshape(*x.shape[:2], *matrix.pooled_size(x.shape[2:], window, stride))
    return {"a": a, "s": s, "z": pre_activation(s, W, b)}


def backward(
    x: Array,
    s: Array,
    W: Array,
    dz: Array,
    window: Pair = (2, 2),
    reading: str = "sum",
    stride: Pair | None = None,
) -> Tensors:
    """Gradients of the linear part from the upstream dz (N, C, OH, OW).

    Returns:
        ds: as dz; da: (N*C*OH*OW, kh*kw); dx: (N, C, H, W); dW, db: (C,).
    """
    ds = sum_gradient(dz, W)
    da = window_gradient(ds.reshape(-1), window_scale(reading, window), window[0] * window[1])
    return {
        "ds": ds,
        "da": da,
        "dx": matrix.from_windows(da, x.shape, window, stride),
        "dW": coefficient_gradient(s, dz),
        "db": bias_gradient(dz),
    }


def layer_forward(layer: Subsampling, x: Array, p: Parameters) -> Tensors:
    """The linear part of a layer."""
    return forward(x, p["W"], p["b"], layer.window, layer.reading, layer.stride)


def layer_backward(layer: Subsampling, t: Tensors, dz: Array) -> Tensors:
    """Gradients of the linear part of a layer."""
    return backward(t["x"], t["s"], t["W"], dz, layer.window, layer.reading, layer.stride)
