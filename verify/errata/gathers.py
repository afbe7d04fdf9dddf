"""Pooling and the ways between volumes and matrices where the source is wrong or unclear."""

from __future__ import annotations

import numpy as np
import torch

from lenet_ref import matrix
from verify.errata.algebra import added, by_entry, ones, product
from verify.errata.material import Array, Run, change, direction
from verify.errata.statement import AMBIGUOUS, WRONG, Statement


def one_hot(r: Run, layer: str) -> Array:
    """M: 1 at the argmax of each window."""
    return (r[f"{layer}.argmax"] == np.arange(4)).astype(float)


def moved(r: Run) -> Array:
    """A change of the windows of S4."""
    return direction(r["S4.a"].shape, "S4.a")


def given_back(r: Run, layer: str, mark: Array) -> Array:
    """(grad z.1^T) * mark."""
    return by_entry(product(r[f"{layer}.dz"], ones(4).T), mark)


def map_last(a: Array) -> Array:
    """Columns in the order kernel row, kernel column, map."""
    return a.reshape(len(a), -1, 25).transpose(0, 2, 1).reshape(len(a), -1)


def with_bias(r: Run, a: Array) -> Array:
    """a.W3 + 1.b3."""
    return added(product(a, r["C3.W"]), product(ones(len(a)), r["C3.b"]))


STATEMENTS = (
    Statement(
        "S23", "backward, S4, S2", "dz = 1(max) * da, dz in R^{400x1}, da in R^{400x4}",
        "dz = (1(max) * da).1", WRONG,
        truth=lambda r: change(
            lambda a: torch.max_pool1d(a[None], 4)[0], (r["S4.a"], moved(r))
        ),
        written=lambda r: by_entry(one_hot(r, "S4"), moved(r)),
        right=lambda r: product(by_entry(one_hot(r, "S4"), moved(r)), ones(4)),
    ),
    Statement(
        "S24", "backward, S4, S2", "grad a = grad z * 1(max), R^{400x1} by R^{400x4}",
        "grad a = (grad z.1^T) * M", WRONG, truth="S4.da",
        written=lambda r: by_entry(r["S4.dz"], one_hot(r, "S4")),
        right=lambda r: given_back(r, "S4", one_hot(r, "S4")),
    ),
    Statement(
        "S25", "backward, S4, S2", "1(a is the max) marks every maximum of a tied window",
        "M marks the argmax: one 1 in each row", AMBIGUOUS, on="zero", truth="S2.da",
        written=lambda r: r.mistaken("S2.da", "all-tied-maxima"),
        right=lambda r: given_back(r, "S2", one_hot(r, "S2")),
    ),
    Statement(
        "S26", "backward, S2", "the gradient at a2 is 'resampled back', read as written back",
        "added where receptive fields overlap", AMBIGUOUS, on="batch", truth="C3.dx",
        written=lambda r: r.mistaken("C3.dx", "overwritten:by-position"),
        right=lambda r: matrix.col2im(r["C3.da"], r["C3.x"].shape, (5, 5)),
    ),
    Statement(
        "S27", "forward", "order of columns of a and rows of W not said; two that differ",
        "one order for both: map, kernel row, kernel column", AMBIGUOUS, on="batch", truth="C3.z",
        written=lambda r: with_bias(r, map_last(r["C3.a"])),
        right=lambda r: with_bias(r, r["C3.a"]),
    ),
)  # fmt: skip
