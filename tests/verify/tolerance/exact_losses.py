"""Losses in 400 bits, from their definitions without any shift: mpmath has no overflow."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]
BITS = 400


def _logits(x: Exact, spec: Any) -> Exact:
    if spec.kind == "distance_softmax":
        return -x
    if spec.kind != "map":
        return x
    return np.concatenate([-x, np.full((len(x), 1), -mpmath.mpf(spec.j), dtype=object)], axis=1)


def _exponentials(v: Exact) -> Exact:
    with mpmath.workprec(BITS):
        return np.vectorize(mpmath.exp, otypes=[object])(v)


def probs(x: Exact, spec: Any) -> Exact:
    """exp(v_i) / sum exp(v), without the rubbish class."""
    e = _exponentials(_logits(x, spec))
    with mpmath.workprec(BITS):
        return (e / e.sum(axis=1, keepdims=True))[:, : x.shape[1]]


def targets(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """Y, or (1 - s) Y + s / K."""
    s, k = mpmath.mpf(spec.smoothing), x.shape[1]
    return np.eye(k)[labels] * (1 - s) + s / k


def data(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """-ln p of the right class, or its distance (eq. 8), averaged; the mean of -ln p over smoothed
    targets."""
    rows = np.arange(len(x))
    if spec.kind == "mle":
        return np.asarray(x[rows, labels].sum() / len(x))
    v = _logits(x, spec)
    with mpmath.workprec(BITS):
        total = _exponentials(v).sum(axis=1)
        own = (targets(x, labels, spec) * v).sum(axis=1) if spec.smoothing else v[rows, labels]
        terms = [mpmath.log(t) - s for t, s in zip(total, own, strict=True)]
        return np.asarray(sum(terms) / len(x))


def gradient(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """(p - Y) / N, its negative for distances, Y / N for eq. 8."""
    Y = targets(x, labels, spec)
    if spec.kind == "mle":
        return Y / len(x)
    sign = -1 if spec.kind in ("map", "distance_softmax") else 1
    return sign * (probs(x, spec) - Y) / len(x)


def squared(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """c/N times the sum of squares, the mean over the patterns."""
    e = _compared(x, spec) - np.eye(x.shape[1])[labels]
    return np.asarray((e * e).sum() * _weight(x, spec))


def squared_gradient(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """Its gradient, on the softmax through every element of the Jacobian."""
    p = _compared(x, spec)
    dp = 2 * _weight(x, spec) * (p - np.eye(x.shape[1])[labels])
    if spec.on == "outputs":
        return dp
    each = range(x.shape[1])
    rows = [[sum(((i == k) * row[i] - row[i] * row[k]) * d[k] for k in each) for i in each]
            for row, d in zip(p, dp, strict=True)]  # fmt: skip
    return np.array(rows, dtype=object)


def _compared(x: Exact, spec: Any) -> Exact:
    return probs(x, spec) if spec.on == "softmax" else x


def _weight(x: Exact, spec: Any) -> Any:
    classes = x.shape[1] if spec.classes == "mean" else 1
    return mpmath.mpf(1) / (classes * len(x) * (2 if spec.half else 1))


def regulariser(weights: tuple[Exact, ...], reg: float) -> Exact:
    """reg/2 times the sum of squares."""
    return np.asarray(sum((W * W).sum() for W in weights) * mpmath.mpf(reg) / 2)
