"""Right code that rounds otherwise: every product and sum of the reference in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from verify.judge.trace import Subject
from verify.proof.faults.fault import Fault, planted
from verify.subjects.reference import reference

Array = np.ndarray[Any, Any]
Product = Callable[[Array, Array], Array]
SIZE = 8
"""Of the blocks that are summed apart."""


def backwards(a: Array, b: Array) -> Array:
    """The last term first."""
    return np.ascontiguousarray(a[:, ::-1]) @ np.ascontiguousarray(b[::-1])


def in_blocks(a: Array, b: Array) -> Array:
    """Partial sums of a few terms, added one after the other, as a tiled kernel does."""
    starts = range(0, a.shape[1], SIZE)
    return sum((a[:, i : i + SIZE] @ b[i : i + SIZE] for i in starts[1:]), a[:, :SIZE] @ b[:SIZE])


def einsum(a: Array, b: Array) -> Array:
    """No matrix product of a library."""
    return np.einsum("ik,kj->ij", a, b)


def wider(a: Array, b: Array) -> Array:
    """Accumulated in a wider format, rounded once, as fused units do."""
    wide = np.float64 if a.dtype == np.float32 else np.longdouble
    return (a.astype(wide) @ b.astype(wide)).astype(a.dtype)


ORDERS: dict[str, Product] = {
    "backwards": backwards,
    "in blocks": in_blocks,
    "einsum": einsum,
    "wider accumulator": wider,
}


def _ones(dz: Array, product: Product) -> Array:
    """1^T dz."""
    return product(np.ones((1, len(dz)), dz.dtype), dz)[0]


def _targets(product: Product) -> dict[str, Callable[..., Array]]:
    """What is replaced, below lenet_ref."""
    bias = partial(_ones, product=product)
    return {
        "layers.convolution.pre_activation": lambda a, W, b: product(a, W) + b,
        "layers.convolution.input_matrix_gradient": lambda dz, W: product(dz, W.T),
        "layers.convolution.weight_gradient": lambda a, dz: product(a.T, dz),
        "layers.convolution.bias_gradient": bias,
        "layers.affine.pre_activation": lambda a, W, b: product(a, W.T) + b,
        "layers.affine.input_gradient": product,
        "layers.affine.weight_gradient": lambda a, dz: product(dz.T, a),
        "layers.affine.bias_gradient": bias,
    }


@contextmanager
def in_order(name: str) -> Iterator[Subject]:
    """The reference with all its products made that way."""
    with ExitStack() as stack:
        for target, wrong in _targets(ORDERS[name]).items():
            stack.enter_context(planted(Fault(name, "", "", target, _instead(wrong))))
        yield lambda case: reference(case.handed_out())


def _instead(function: Callable[..., Array]) -> Callable[[Any], Any]:
    return lambda right: function
