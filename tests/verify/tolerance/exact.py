"""Every operation in exact arithmetic: sums and products of 4000 bits, functions of 200.

A float has 53 bits and exponents of a few hundred in these tests, so 4000 bits round nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from tests.verify.tolerance import exact_losses as losses
from tests.verify.tolerance import families
from verify.expected.step import Step

Exact = NDArray[Any]
BITS, FUNCTION_BITS = 4000, 200
A, S = mpmath.mpf(17159) / 10000, mpmath.mpf(2) / 3


@dataclass(frozen=True)
class Inputs:
    """Inputs of a step as exact numbers, and what else its formula needs."""

    step: Step
    arrays: tuple[Exact, ...]
    shape: tuple[int, ...]
    labels: NDArray[Any]
    reg: float

    def __getitem__(self, i: int) -> Exact:
        return self.arrays[i]

    @property
    def spec(self) -> Any:
        """The layer or loss."""
        return self.step.spec


def numbers(t: NDArray[Any]) -> Exact:
    """The same values as mpmath numbers."""
    return np.vectorize(lambda v: mpmath.mpf(float(v)), otypes=[object])(t)


def _zeros(shape: tuple[int, ...]) -> Exact:
    return np.full(shape, mpmath.mpf(0), dtype=object)


def _bias(i: Inputs) -> Exact:
    return np.moveaxis(i[0], 1, 0).reshape(i.shape[0], -1).sum(axis=1)


def _function(z: Any, name: str) -> tuple[Any, Any]:
    """f(z) and f'(z)."""
    with mpmath.workprec(FUNCTION_BITS):
        match name:
            case "squash":
                return A * mpmath.tanh(S * z), A * S * mpmath.sech(S * z) ** 2
            case "tanh":
                return mpmath.tanh(z), mpmath.sech(z) ** 2
            case "logistic":
                e, half = mpmath.exp(-abs(z)), mpmath.sech(z / 2) / 2
                return (1 if z >= 0 else e) / (1 + e), half**2
            case "relu":
                return (z, mpmath.mpf(1)) if z > 0 else (mpmath.mpf(0), mpmath.mpf(0))
    return z, mpmath.mpf(1)


def _activation(i: Inputs, z: Exact, which: int) -> Exact:
    one = np.vectorize(lambda v: _function(v, i.spec.activation)[which], otypes=[object])
    return one(z)


def _blocks(x: Exact, i: Inputs) -> Exact:
    """(rows, kh*kw) pooling windows."""
    n, c, h, w = x.shape
    kh, kw = i.spec.window
    split = x.reshape(n, c, h // kh, kh, w // kw, kw)
    return np.moveaxis(split, 3, 4).reshape(-1, kh * kw)


def _unblock(rows: Exact, i: Inputs) -> Exact:
    n, c, h, w = i.shape
    kh, kw = i.spec.window
    return np.moveaxis(rows.reshape(n, c, h // kh, w // kw, kh, kw), 4, 3).reshape(i.shape)


def _argmax(x: Exact, i: Inputs) -> Exact:
    return np.array([max(range(len(row)), key=lambda k: row[k]) for row in _blocks(x, i)])


def _max_da(i: Inputs) -> Exact:
    da = _zeros(_blocks(i[0], i).shape)
    da[np.arange(len(da)), _argmax(i[0], i)] = i[1].ravel()
    return da


def _share(i: Inputs) -> Any:
    kh, kw = i.spec.window
    return mpmath.mpf(1) / (1 if i.spec.reading == "sum" else kh * kw)


def _sub_da(i: Inputs) -> Exact:
    kh, kw = i.spec.window
    return np.repeat(i[0].reshape(-1, 1), kh * kw, axis=1) * _share(i)


def _column(values: Exact) -> Exact:
    return values[:, None, None]


def _gaps(i: Inputs) -> Exact:
    return i[0][:, None, :] - i[1][None]


def _rbf_gradient(i: Inputs, axis: int) -> Exact:
    return (2 * i[2][:, :, None] * _gaps(i)).sum(axis=axis)


EXACT: dict[str, Callable[[Inputs], Exact]] = {
    "link": lambda i: i[0].reshape(i.shape),
    "convolution.db": _bias,
    "affine.db": _bias,
    "activation.y": lambda i: _activation(i, i[0], 0),
    "activation.dz": lambda i: i[0] * _activation(i, i[1], 1),
    "max_pool.a": lambda i: _blocks(i[0], i),
    "max_pool.argmax": lambda i: numbers(_argmax(i[0], i)).reshape(i.shape),
    "max_pool.z": lambda i: _blocks(i[0], i).max(axis=1).reshape(i.shape),
    "max_pool.da": _max_da,
    "max_pool.dx": lambda i: _unblock(_max_da(i), i),
    "subsampling.a": lambda i: _blocks(i[0], i),
    "subsampling.s": lambda i: _blocks(i[0], i).sum(axis=1).reshape(i.shape) * _share(i),
    "subsampling.z": lambda i: _column(i[1]) * i[0] + _column(i[2]),
    "subsampling.ds": lambda i: _column(i[1]) * i[0],
    "subsampling.da": _sub_da,
    "subsampling.dx": lambda i: _unblock(_sub_da(i), i),
    "subsampling.dW": lambda i: (i[0] * i[1]).sum(axis=(0, 2, 3)),
    "subsampling.db": _bias,
    "rbf.y": lambda i: (_gaps(i) ** 2).sum(axis=2),
    "rbf.dx": lambda i: _rbf_gradient(i, 1),
    "rbf.dW": lambda i: -_rbf_gradient(i, 0),
    "total": lambda i: np.asarray(i[0] + i[1]),
    "regulariser.reg": lambda i: losses.regulariser(i.arrays, i.spec.reg),
    **{f"{k}.probs": lambda i: losses.probs(i[0], i.spec) for k in ("cross_entropy", "map")},
    **{
        f"{k}.data": lambda i: losses.data(i[0], i.labels, i.spec)
        for k in ("cross_entropy", "map", "mle")
    },
    **{
        f"{k}.dx": lambda i: losses.gradient(i[0], i.labels, i.spec)
        for k in ("cross_entropy", "map", "mle")
    },
    **families.merged("EXACT"),
}


def evaluate(inputs: Inputs) -> Exact:
    """The step's exact result."""
    with mpmath.workprec(BITS):
        return EXACT[inputs.step.op](inputs)
