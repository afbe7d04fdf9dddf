"""Fully connected layers F6 and (modern) F7.  a is the input itself, one row per image.

Without a bias, b is 0 and has no gradient.
"""

from __future__ import annotations

import numpy as np

from lenet_ref.specs.affine import Affine
from lenet_ref.types import Array, Parameters, Tensors


def pre_activation(a: Array, W: Array, b: Array) -> Array:
    """z = a W^T + 1 b with W in PyTorch's shape (K, D).  Eq. {M,H}-F6-z, M-F7-z, affine-z.

    Args:
        a: (N, D); W: (K, D); b: (K,).
    Returns:
        (N, K).
    """
    return a @ W.T + b


def input_gradient(dz: Array, W: Array) -> Array:
    """da = dz W, (N, D).  Eq. {M,H}-F6-da, M-F7-da, affine-da."""
    return dz @ W


def weight_gradient(a: Array, dz: Array) -> Array:
    """dW = dz^T a, (K, D); the derivation's a^T dz transposed.  Eq. {M,H}-F6-dW, M-F7-dW,
    affine-dW."""
    return dz.T @ a


def bias_gradient(dz: Array) -> Array:
    """db = 1^T dz, the sum over the batch (erratum S20), (K,).  Eq. {M,H}-F6-db, M-F7-db,
    affine-db."""
    return dz.sum(axis=0)


def forward(x: Array, W: Array, b: Array) -> Tensors:
    """a = x (N, D) and z (N, K).  Eq. {M,H}-F6-a, M-F7-a, affine-a."""
    return {"a": x, "z": pre_activation(x, W, b)}


def backward(a: Array, W: Array, dz: Array) -> Tensors:
    """Gradients da, dx (N, D), dW (K, D) and db (K,) from the upstream dz (N, K).
    Eq. {M,H}-F6-dx, M-F7-dx, affine-dx."""
    da = input_gradient(dz, W)
    return {"da": da, "dx": da, "dW": weight_gradient(a, dz), "db": bias_gradient(dz)}


def layer_forward(layer: Affine, x: Array, p: Parameters) -> Tensors:
    """The linear part of a layer."""
    b = p["b"] if layer.bias else np.zeros(layer.units_out, x.dtype)
    return forward(x, p["W"], b)


def layer_backward(layer: Affine, t: Tensors, dz: Array) -> Tensors:
    """Gradients of the linear part of a layer."""
    found = backward(t["a"], t["W"], dz)
    return {symbol: value for symbol, value in found.items() if layer.bias or symbol != "db"}
