"""Truth of radial basis functions."""

from __future__ import annotations

from verify.truth.inputs import Array, Formulas, Inputs


def _gradient(i: Inputs, axis: int) -> Array:
    difference = i[0][:, None, :] - i[1][None]
    return (2 * i[2][:, :, None] * difference).sum(axis=axis)


FORMULAS: Formulas = {
    "rbf.y": lambda i: ((i[0][:, None, :] - i[1][None]) ** 2).sum(axis=2),
    "rbf.dx": lambda i: _gradient(i, 1),
    "rbf.dW": lambda i: -_gradient(i, 0),
}
