"""Euclidean radial basis functions: the output layer of 1998 (eq. 7; F7 here)."""

from __future__ import annotations

from lenet_ref.specs.rbf import RadialBasis
from lenet_ref.types import Array, Parameters, Tensors


def differences(x: Array, W: Array) -> Array:
    """x_j - w_ij for every pattern and class, (N, K, D).  x_j, not x_i (erratum S12)."""
    return x[:, None, :] - W[None, :, :]


def forward(x: Array, W: Array) -> Array:
    """y_i = sum_j (x_j - w_ij)^2, squared distances (N, K).  Eq. H-F7-y, rbf-y; paper eq. 7.

    Args:
        x: (N, D) state of F6; W: (K, D) codes.
    """
    d = differences(x, W)
    return (d * d).sum(axis=2)


def input_gradient(x: Array, W: Array, dy: Array) -> Array:
    """dx_j = sum_i 2 (x_j - w_ij) dy_i, (N, D).  Eq. H-F7-dx, rbf-dx."""
    return 2 * (differences(x, W) * dy[:, :, None]).sum(axis=1)


def code_gradient(x: Array, W: Array, dy: Array) -> Array:
    """dw_ij = -sum_n 2 (x_j - w_ij) dy_i, (K, D), when codes are learned.  Eq. H-F7-dW, rbf-dW."""
    return -2 * (differences(x, W) * dy[:, :, None]).sum(axis=0)


def layer_forward(layer: RadialBasis, x: Array, p: Parameters) -> Tensors:
    """Distances of a layer."""
    return {"y": forward(x, p["W"])}


def layer_backward(layer: RadialBasis, t: Tensors, dy: Array) -> Tensors:
    """Gradients of a layer; of the codes where they are learned."""
    dx = input_gradient(t["x"], t["W"], dy)
    learned = {"dW": code_gradient(t["x"], t["W"], dy)} if layer.learned else {}
    return {"dx": dx, **learned}
