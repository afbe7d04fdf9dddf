"""Mistakes in the RBF layer: the distance of eq. 7 and its gradients."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

rbf = partial(Fault, layers="F7", variant="1998")
gradient = partial(rbf, tensor="F7.dx", regime="competitive")
learned = partial(rbf, tensor="F7.dW", regime="competitive")
DIFFERENCES, FORWARD = "layers.rbf.differences", "layers.rbf.forward"
DX, DW = "layers.rbf.input_gradient", "layers.rbf.code_gradient"


def gap(x: Any, W: Any) -> Any:
    """x_j - w_ij, (N, K, D)."""
    return x[:, None, :] - W


def length(x: Any, W: Any) -> Any:
    """Euclidean distances, (N, K, 1)."""
    return np.sqrt((gap(x, W) ** 2).sum(axis=2, keepdims=True))


def pulled(d: Any, dy: Any) -> Any:
    """sum_i dy_i d_i, (N, D)."""
    return (d * dy[:, :, None]).sum(axis=1)


def expanded(x: Any, W: Any) -> Any:
    """|x|^2 - 2 x w + |w|^2, one matrix product."""
    return (x * x).sum(axis=1)[:, None] - 2 * x @ W.T + (W * W).sum(axis=1)


FAULTS = [
    rbf(
        "rbf-class-index",
        "x_i - w_ij as the source prints it: the class's index for the unit's",
        "erratum S12; field notes B1",
        DIFFERENCES,
        lambda right: lambda x, W: x[:, : len(W), None] - W,
        tensor="F7.y",
        cause="class-index",
    ),
    rbf(
        "rbf-square-root",
        "the distance itself instead of its square",
        "eq. 7",
        FORWARD,
        lambda right: lambda x, W: np.sqrt(right(x, W)),
        tensor="F7.y",
        cause="not-squared",
    ),
    rbf(
        "rbf-modulus",
        "moduli are summed, not squares",
        "eq. 7",
        FORWARD,
        lambda right: lambda x, W: np.abs(gap(x, W)).sum(axis=2),
        tensor="F7.y",
        cause="modulus",
    ),
    rbf(
        "rbf-no-square",
        "differences are summed, not squares",
        "eq. 7",
        FORWARD,
        lambda right: lambda x, W: gap(x, W).sum(axis=2),
        tensor="F7.y",
        cause="no-square",
    ),
    rbf(
        "rbf-square-of-sum",
        "the sum is squared, not its terms",
        "parenthesis slip",
        FORWARD,
        lambda right: lambda x, W: gap(x, W).sum(axis=2) ** 2,
        tensor="F7.y",
        cause="sum-squared",
    ),
    rbf(
        "rbf-half",
        "1/2 in the distance, 2 in its gradient",
        "field notes B5",
        FORWARD,
        lambda right: lambda x, W: right(x, W) / 2,
        tensor="F7.y",
        cause="half",
    ),
    rbf(
        "rbf-averaged",
        "the squares are averaged over the 84 units",
        "field notes B6",
        FORWARD,
        lambda right: lambda x, W: (gap(x, W) ** 2).mean(axis=2),
        tensor="F7.y",
        cause="averaged",
    ),
    rbf(
        "rbf-linear",
        "a linear layer is called RBF",
        "field notes A17",
        FORWARD,
        lambda right: lambda x, W: x @ W.T,
        tensor="F7.y",
        cause="affine",
    ),
    rbf(
        "rbf-gaussian",
        "a Gaussian of the distance, as RBF means elsewhere",
        "eq. 7",
        FORWARD,
        lambda right: lambda x, W: np.exp(-right(x, W)),
        tensor="F7.y",
        cause="gaussian",
    ),
    rbf(
        "rbf-score",
        "negative distances, so that argmax serves",
        "field notes B4",
        FORWARD,
        lambda right: lambda x, W: -right(x, W),
        tensor="F7.y",
        cause="sign",
    ),
    rbf(
        "rbf-no-cross-term",
        "the expanded square without its cross term",
        "expansion slip",
        FORWARD,
        lambda right: lambda x, W: expanded(x, W) + 2 * x @ W.T,
        tensor="F7.y",
        cause="no-cross-term",
    ),
    rbf(
        "rbf-half-cross-term",
        "the expanded square without the 2 of its cross term",
        "expansion slip",
        FORWARD,
        lambda right: lambda x, W: expanded(x, W) + x @ W.T,
        tensor="F7.y",
        cause="half-cross-term",
    ),
    gradient(
        "rbf-dx-half",
        "the 2 of the derivative is missing",
        "field notes B5",
        DX,
        lambda right: lambda x, W, dy: pulled(gap(x, W), dy),
        cause="half",
    ),
    gradient(
        "rbf-dx-sign",
        "w - x for x - w",
        "field notes B8",
        DX,
        lambda right: lambda x, W, dy: -right(x, W, dy),
        cause="sign",
    ),
    gradient(
        "rbf-dx-no-upstream",
        "the upstream gradient is not multiplied",
        "field notes B8, C24",
        DX,
        lambda right: lambda x, W, dy: 2 * gap(x, W).sum(axis=1),
        cause="no-upstream",
    ),
    gradient(
        "rbf-dx-averaged",
        "the classes are averaged, not summed",
        "experience",
        DX,
        lambda right: lambda x, W, dy: 2 * (gap(x, W) * dy[:, :, None]).mean(axis=1),
        cause="averaged-over-classes",
    ),
    gradient(
        "rbf-dx-state-only",
        "the derivative of x^2: the code is forgotten",
        "experience",
        DX,
        lambda right: lambda x, W, dy: 2 * x * dy.sum(axis=1, keepdims=True),
        cause="state-only",
    ),
    gradient(
        "rbf-dx-linear",
        "the gradient of a linear layer",
        "field notes A17",
        DX,
        lambda right: lambda x, W, dy: dy @ W,
        cause="affine",
    ),
    gradient(
        "rbf-dx-modulus",
        "the sign of the difference is lost",
        "sign slip",
        DX,
        lambda right: lambda x, W, dy: 2 * pulled(np.abs(gap(x, W)), dy),
        cause="modulus",
    ),
    gradient(
        "rbf-dx-of-root",
        "the gradient of the Euclidean distance, not of its square",
        "eq. 7",
        DX,
        lambda right: lambda x, W, dy: pulled(gap(x, W) / length(x, W), dy),
        cause="not-squared",
    ),
    gradient(
        "rbf-dx-of-modulus",
        "the gradient of a sum of moduli",
        "eq. 7",
        DX,
        lambda right: lambda x, W, dy: pulled(np.sign(gap(x, W)), dy),
        cause="sign-of-gap",
    ),
    gradient(
        "rbf-dx-class-index",
        "x_i for x_j in the gradient only",
        "erratum S12",
        DX,
        lambda right: lambda x, W, dy: 2 * pulled(x[:, : len(W), None] - W, dy),
        cause="class-index",
    ),
]
