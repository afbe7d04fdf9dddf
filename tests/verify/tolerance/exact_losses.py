"""Losses in 400 bits, from their definitions without any shift: mpmath has no overflow."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]
BITS = 400


def _logits(x: Exact, spec: Any) -> Exact:
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


def data(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """-ln p of the right class, or its distance (eq. 8), averaged."""
    rows = np.arange(len(x))
    if spec.kind == "mle":
        return np.asarray(x[rows, labels].sum() / len(x))
    v = _logits(x, spec)
    with mpmath.workprec(BITS):
        total = _exponentials(v).sum(axis=1)
        terms = [mpmath.log(t) - s for t, s in zip(total, v[rows, labels], strict=True)]
        return np.asarray(sum(terms) / len(x))


def gradient(x: Exact, labels: NDArray[Any], spec: Any) -> Exact:
    """(p - Y) / N, its negative for eq. 9, Y / N for eq. 8."""
    Y = np.eye(x.shape[1])[labels] * mpmath.mpf(1)
    if spec.kind == "mle":
        return Y / len(x)
    sign = -1 if spec.kind == "map" else 1
    return sign * (probs(x, spec) - Y) / len(x)


def regulariser(weights: tuple[Exact, ...], reg: float) -> Exact:
    """reg/2 times the sum of squares."""
    return np.asarray(sum((W * W).sum() for W in weights) * mpmath.mpf(reg) / 2)
