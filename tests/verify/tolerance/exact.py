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

from lenet_ref.specs.activation import parts
from tests.verify.tolerance import exact_losses as losses
from tests.verify.tolerance import families
from tests.verify.tolerance.exact_pooling import argmax, blocks, max_da, unblock
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
    kind, numbers = parts(name)
    own = [mpmath.mpf(number) for number in numbers]
    with mpmath.workprec(FUNCTION_BITS):
        match kind:
            case "squash":
                return A * mpmath.tanh(S * z), A * S * mpmath.sech(S * z) ** 2
            case "tanh":
                return mpmath.tanh(z), mpmath.sech(z) ** 2
            case "logistic":
                e, half = mpmath.exp(-abs(z)), mpmath.sech(z / 2) / 2
                return (1 if z >= 0 else e) / (1 + e), half**2
            case "relu":
                return (z, mpmath.mpf(1)) if z > 0 else (mpmath.mpf(0), mpmath.mpf(0))
            case "leaky":
                return (z, mpmath.mpf(1)) if z > 0 else (own[0] * z, own[0])
            case "scaled_tanh":
                a, s = own
                return a * mpmath.tanh(s * z), a * s * mpmath.sech(s * z) ** 2
    return z, mpmath.mpf(1)


def _activation(i: Inputs, z: Exact, which: int) -> Exact:
    one = np.vectorize(lambda v: _function(v, i.spec.activation)[which], otypes=[object])
    return one(z)


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
    "max_pool.a": lambda i: blocks(i[0], i.spec),
    "max_pool.argmax": lambda i: numbers(argmax(i[0], i.spec)).reshape(i.shape),
    "max_pool.z": lambda i: blocks(i[0], i.spec).max(axis=1).reshape(i.shape),
    "max_pool.da": lambda i: max_da(i[0], i[1], i.spec),
    "max_pool.dx": lambda i: unblock(max_da(i[0], i[1], i.spec), i.spec, i.shape),
    "subsampling.a": lambda i: blocks(i[0], i.spec),
    "subsampling.s": lambda i: blocks(i[0], i.spec).sum(axis=1).reshape(i.shape) * _share(i),
    "subsampling.z": lambda i: _column(i[1]) * i[0] + _column(i[2]),
    "subsampling.ds": lambda i: _column(i[1]) * i[0],
    "subsampling.da": _sub_da,
    "subsampling.dx": lambda i: unblock(_sub_da(i), i.spec, i.shape),
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
